import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const ROOT = join(import.meta.dirname, '../..');
/** As a supervisor waits before it starts a program again. */
const RESTART_MS = 50;

/** A TPV's program, and what it is started with. */
export interface TpvProgram {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** The TPV of sdk-tpv.ts. */
export const JAVASCRIPT_TPV: TpvProgram = {
  program: process.execPath,
  args: ['test/chaos/sdk-tpv.ts'],
  env: COMPILE_CACHE,
};

/** A TPV as a process: killed when told to, and started again whenever it ends. */
export class TpvProcess {
  readonly #program: TpvProgram;
  #child: ChildProcess | undefined;
  #wanted = true;
  #ended: Promise<void> = Promise.resolve();
  /** Sessions by their transport. */
  readonly sessions = { websocket: 0, polling: 0 };
  /** What it said when it ended by itself. */
  readonly endings: string[] = [];

  constructor(program: TpvProgram) {
    this.#program = program;
  }

  start(): void {
    this.#ended = this.#keepRunning();
  }

  /** Kills it, and resolves when it is gone; it comes back by itself. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    this.#child?.kill(signal);
    await this.#ended;
  }

  async #keepRunning(): Promise<void> {
    while (this.#wanted) {
      const { program, args, env } = this.#program;
      const child = spawn(program, args, {
        cwd: ROOT,
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      this.#child = child;
      child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
      await once(child, 'close');
      if (this.#wanted) await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    }
  }

  #read(text: string): void {
    for (const line of text.split('\n')) {
      if (line === 'online websocket') this.sessions.websocket++;
      else if (line === 'online polling') this.sessions.polling++;
      else if (line.startsWith('closed') && !line.startsWith('closed by itself')) this.endings.push(line);
    }
  }
}
