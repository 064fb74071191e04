import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../demo/port.ts';
import { COMPILE_CACHE } from './compile-cache.ts';

const ROOT = join(import.meta.dirname, '../..');
const READY_MS = 120_000;
/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;

export interface HubUnderLoadOptions {
  /** Whether standard output is shown, which has the hub's log. */
  log?: 'shown' | 'dropped';
  /** `npm`: started by `npm start`, whose process then gets the signals. */
  by?: 'node' | 'npm';
}

const COMMANDS = {
  node: [process.execPath, 'src/process/launch.cjs', 'src/main.ts'],
  npm: ['npm', 'start', '--silent'],
} as const;

/**
 * The hub as it ships, in a process of its own, outside a test run: the benchmark measures it, the chaos runs kill it
 * and start it again on the same database and port.
 */
export class HubUnderLoad {
  readonly url: URL;
  readonly #env: Record<string, string>;
  readonly #options: HubUnderLoadOptions;
  #child: ChildProcess | undefined;

  private constructor(url: URL, env: Record<string, string>, options: HubUnderLoadOptions) {
    this.url = url;
    this.#env = env;
    this.#options = options;
  }

  /**
   * Finds a port for a hub that is not started yet.
   * @param envOf the variables of docs/environment.md, once the hub's URL is known
   */
  static async make(
    envOf: (url: URL) => Record<string, string>,
    options: HubUnderLoadOptions = {},
  ): Promise<HubUnderLoad> {
    const port = await freePort();
    const url = new URL(`http://127.0.0.1:${port}`);
    return new HubUnderLoad(url, { HOST: '127.0.0.1', PORT: String(port), ...envOf(url) }, options);
  }

  /**
   * Starts the process, and resolves when it is ready.
   * @returns the milliseconds that it took
   */
  async start(): Promise<number> {
    const startedAt = performance.now();
    const { log = 'shown', by = 'node' } = this.#options;
    const [command, ...args] = COMMANDS[by];
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', log === 'shown' ? 'inherit' : 'ignore', 'inherit'],
      env: { PATH: process.env.PATH ?? '', ...COMPILE_CACHE, ...this.#env },
    });
    this.#child = child;
    await this.untilReady();
    return performance.now() - startedAt;
  }

  /**
   * Resolves when it says that it is ready.
   * @throws a sentence where it ended, or what it says instead; then it is killed
   */
  async untilReady(): Promise<void> {
    const child = this.#child;
    let said = 'nothing';
    for (const deadline = performance.now() + READY_MS; performance.now() < deadline; await pause(20)) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The hub ended with ${child?.exitCode ?? child?.signalCode} and is not ready.`);
      }
      const answer = await fetch(new URL('/readyz', this.url), { signal: AbortSignal.timeout(READY_MS) }).catch(
        () => undefined,
      );
      if (answer?.ok) return void (await answer.body?.cancel());
      if (answer !== undefined) said = await answer.text().catch(String);
    }
    child?.kill('SIGKILL');
    throw new Error(`The hub was not ready within ${READY_MS / 1_000} s; it said ${said}.`);
  }

  /** Ends it, as an operator does unless `signal` says otherwise, and resolves when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Stops it where it stands, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Resolves with the exit code or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals | null | undefined> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child?.signalCode ?? child?.exitCode;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends it at once, for a program that is ending itself. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Bytes of its memory that are in RAM; undefined if the system doesn't say. */
  get rssBytes(): number | undefined {
    const kib = /^VmRSS:\s+(\d+)/m.exec(this.#proc('status') ?? '')?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  }

  /** Processor time that it has used, in milliseconds; undefined if the system doesn't say. */
  get cpuMs(): number | undefined {
    // The name in brackets may hold anything; what follows it is numbers.
    const fields = this.#proc('stat')?.split(') ').at(-1)?.split(' ');
    return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  }

  #proc(name: string): string | undefined {
    try {
      return readFileSync(`/proc/${this.#child?.pid}/${name}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}
