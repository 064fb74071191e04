import { once } from 'node:events';
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { WatchedFile } from './watched-file.ts';

/** A smaller log is left alone: most hubs never need the thread. */
const LEAST_LOG_BYTES = 4 * 1024 * 1024;
/** Twice what the thread leaves of a log that it started anew (checkpoint-worker.cjs), an eighth of what is too long (sqlite.ts). */
const BEHIND_LOG_BYTES = 128 * 1024 * 1024;

type NamedFile = Pick<WatchedFile, 'path' | 'identity' | 'loss'>;

/**
 * Writes SQLite's log back into the file, in a thread of its own: on the hub's thread each checkpoint would hold up
 * every update behind two fsyncs and whatever was written since the last one.
 */
export class Checkpointer {
  readonly #file: NamedFile;
  readonly #whileStartedAnew: <T>(work: () => Promise<T>) => Promise<T>;
  #worker: Worker | undefined;
  #lastChange = 0;

  /**
   * @param file the database, which this process has open
   * @param whileStartedAnew runs what it gets while this process keeps no old view of the database
   */
  constructor(file: NamedFile, whileStartedAnew: <T>(work: () => Promise<T>) => Promise<T> = (work) => work()) {
    this.#file = file;
    this.#whileStartedAnew = whileStartedAnew;
  }

  /**
   * Checkpoints what was written since the last call, unless the file lost its name. Calls must not overlap.
   * @throws Error if SQLite could not; the log stays, and the next call tries again
   */
  async run(): Promise<void> {
    if (this.#file.loss() !== undefined) return;
    const log = await stat(`${this.#file.path}-wal`).catch(() => undefined);
    if (log === undefined || log.mtimeMs === this.#lastChange) return;
    if (this.#worker === undefined && log.size < LEAST_LOG_BYTES) return;
    this.#worker ??= this.#start();
    const isLong = (await ask(this.#worker, 'checkpoint')) === 'long';
    const worker = this.#worker;
    if (isLong && worker !== undefined) await this.#whileStartedAnew(() => ask(worker, 'restart'));
    this.#lastChange = log.mtimeMs;
  }

  /** Whether the log grew faster than it is written back. It costs some microseconds. */
  isBehind(): boolean {
    return (statSync(`${this.#file.path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > BEHIND_LOG_BYTES;
  }

  /**
   * Writes the whole log back and empties it. Calls must not overlap with `run`.
   * @returns whether it is empty: not while another process reads or copies the database
   */
  async empty(): Promise<boolean> {
    if (this.#file.loss() !== undefined) return false;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return (await this.#whileStartedAnew(() => ask(worker, 'empty'))) === 'done';
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    // From here on the process waits for it.
    worker.ref();
    const ended = once(worker, 'exit');
    worker.postMessage('close');
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.cjs', import.meta.url), {
      workerData: { file: this.#file.path, identity: this.#file.identity },
      // What the program was started with is not for this thread.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.unref();
    // The caller that waits gets the fault from `once`; the next run starts another worker.
    worker.on('error', () => {
      this.#worker = undefined;
    });
    return worker;
  }
}

/** @returns `long`: the log should be started anew; `busy`: it is read, and could not be emptied */
async function ask(worker: Worker, what: 'checkpoint' | 'restart' | 'empty'): Promise<'done' | 'long' | 'busy'> {
  worker.postMessage(what);
  const [answer] = await once(worker, 'message');
  if (answer !== 'done' && answer !== 'long' && answer !== 'busy') throw new Error(`A checkpoint failed: ${answer}`);
  return answer;
}
