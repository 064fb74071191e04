import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../demo/port.ts';

export const WEBHOOK_SECRET = 'a-made-up-webhook-secret';
export const BENCH_ADMIN_TOKEN = 'a-made-up-administrator-token';

const ROOT = join(import.meta.dirname, '../..');
const READY_MS = 60_000;
/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;

/** The Bot API that a hub talks to. */
export interface TelegramSide {
  apiRoot: string;
  token: string;
}

const NO_TELEGRAM: TelegramSide = { apiRoot: 'http://127.0.0.1:9', token: '1:made-up' };

/** The hub as it ships, in a process of its own. */
export class HubProcess {
  readonly url: URL;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: URL) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts it on a SQLite file, and resolves when it is ready. Telegram is a closed port, unless there is one: that is
   * told where to deliver.
   */
  static async start(databasePath: string, telegram = NO_TELEGRAM): Promise<HubProcess> {
    const port = await freePort(0);
    const child = spawn(process.execPath, ['src/process/launch.cjs', 'src/main.ts'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        DATABASE_URL: `sqlite:${databasePath}`,
        TELEGRAM_BOT_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.apiRoot,
        TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/webhook/telegram/`,
        TELEGRAM_WEBHOOK_AUTO: String(telegram !== NO_TELEGRAM),
        TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
        TPV_REGISTRATION: 'open',
        ADMIN_TOKEN: BENCH_ADMIN_TOKEN,
      },
    });
    const hub = new HubProcess(child, new URL(`http://127.0.0.1:${port}`));
    try {
      await hub.#ready();
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return hub;
  }

  /** Bytes of its memory that are in RAM; undefined where the system doesn't say. */
  get rssBytes(): number | undefined {
    const kib = /^VmRSS:\s+(\d+)/m.exec(this.#proc('status') ?? '')?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  }

  /** Processor time that it has used, in milliseconds; undefined where the system doesn't say. */
  get cpuMs(): number | undefined {
    // The name in brackets may hold anything; what follows it is numbers.
    const fields = this.#proc('stat')?.split(') ').at(-1)?.split(' ');
    return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }

  /** Ends it as an operator does, and resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #ready(): Promise<void> {
    for (const deadline = performance.now() + READY_MS; performance.now() < deadline; await pause(20)) {
      if (this.#child.exitCode !== null) throw new Error(`The hub ended with ${this.#child.exitCode} at its start.`);
      const answer = await fetch(new URL('/readyz', this.url)).catch(() => undefined);
      if (answer?.ok) return;
    }
    throw new Error(`The hub was not ready within ${READY_MS / 1_000} s.`);
  }

  #proc(name: string): string | undefined {
    try {
      return readFileSync(`/proc/${this.#child.pid}/${name}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}
