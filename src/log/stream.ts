import { writeSync } from 'node:fs';
import type { pino } from 'pino';

/** pino's own stream. */
export type LogStream = ReturnType<typeof pino.destination>;

/** What waits to be written; beyond it lines are dropped, as a full disk must not fill the memory too. */
export const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/**
 * As many bytes gather before they are written, and so many go at once: handing each write to a thread costs the hub as
 * much as making forty lines.
 */
export const CHUNK_BYTES = 64 * 1024;
export const MAX_WRITE_BYTES = 2 * CHUNK_BYTES;
/** Lines gather for this long; a process that is killed loses so much of its log. */
export const FLUSH_INTERVAL_MS = 250;
/** The same fault is written once in this time. */
const TELL_AGAIN_MS = 60_000;

/** A stream of lines whose faults end nothing but lines. */
export interface GuardedStream {
  readonly stream: LogStream;
  /** Lines that could not be kept. */
  readonly dropped: number;
  /** Writes what is buffered, as far as it can be written; never rejects. */
  flush(): Promise<void>;
}

/**
 * Keeps the faults of a log's stream away from the hub: a full disk, a folder that is gone, a pipe without a reader.
 * They are written to standard error, and the log goes on as soon as it can.
 * @param name how standard error calls it
 */
export function guarded(stream: LogStream, name: string): GuardedStream {
  let dropped = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (error: unknown) => {
    const now = performance.now();
    if (now - toldAt < TELL_AGAIN_MS) return;
    toldAt = now;
    const reason = error instanceof Error ? error.message : String(error);
    try {
      writeSync(2, `${name} can't be written (${reason}): lines are dropped until it can.\n`);
    } catch {
      // Standard error is gone too: there is no place left to write to.
    }
  };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // What waits for a file that could not be opened would close the old one twice once another opens, and by then
    // its number may be the database's.
    if (error.syscall === 'open') stream.removeAllListeners('ready');
    tell(error);
  });
  stream.on('drop', () => {
    dropped++;
  });
  return {
    stream,
    get dropped() {
      return dropped;
    },
    async flush() {
      // Not flushSync: on a full disk it tries for ever, and holds the whole process up. A flush that finds a write
      // under way waits for that one alone, so what came after it needs another.
      for (let round = 0; round < 2; round++) await flushed(stream).catch(tell);
    },
  };
}

function flushed(stream: LogStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.flush((error: NodeJS.ErrnoException | null | undefined) => {
      // It is written; a pipe or a terminal can't be synced.
      if (error === undefined || error === null || error.syscall === 'fsync') resolve();
      else reject(error);
    });
  });
}
