import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const ROOT = join(import.meta.dirname, '../..');
/** On a machine with much else to do. */
const START_MS = 60_000;

/** A hub in a process of its own that can be killed and started again on the same database and port. */
export class HubProcess {
  readonly url: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;

  constructor(port: number, env: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = { HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', ...env };
  }

  /** @returns milliseconds until it was ready */
  async start(): Promise<number> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? '', ...COMPILE_CACHE, ...this.#env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.#child = child;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The hub ended with ${child.exitCode ?? child.signalCode} instead of starting.`);
      }
      if (performance.now() - startedAt > START_MS) throw new Error(`The hub was not ready within ${START_MS} ms.`);
      const ready = await fetch(`${this.url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ready) return performance.now() - startedAt;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Of the process that runs now. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Registers a TPV that takes everybody. */
export async function register(url: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/api/tpv/register/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, endpoint_url: 'http://127.0.0.1:9', max_users: 1_000_000 }),
  });
  const { api_key: key } = (await answer.json()) as { api_key: string };
  return key;
}
