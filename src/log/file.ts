import { once } from 'node:events';
import { accessSync, constants, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FLUSH_INTERVAL_MS, type GuardedStream, guarded, MAX_BUFFERED_BYTES, MAX_WRITE_BYTES } from './stream.ts';

/** Files of one log, besides the one that is written. */
const KEPT_FILES = 14;

export interface RolledOptions {
  dir: string;
  name: 'access' | 'error';
  /** As pino-roll spells sizes: `50m`, `4k`. */
  size: string;
  /** Bytes that gather before they are written. */
  minLength: number;
}

/**
 * Opens a log that begins a new file each day and whenever one is full. pino-roll dates and numbers its files and
 * points a link named `current.log` at the newest, so each log has a folder of its own
 * (`access/access.2025-11-09.1.log`), and the name that operators know (`access.log`) is a link to that link.
 * @throws Error with a sentence if the folder can't be written
 */
export async function openRolled({ dir, name, size, minLength }: RolledOptions): Promise<GuardedStream> {
  const { default: roll } = await import('pino-roll');
  const folder = join(dir, name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    linkTo(join(dir, `${name}.log`), join(name, 'current.log'));
    const stream = await roll({
      file: join(folder, name),
      extension: '.log',
      frequency: 'daily',
      // Without a date a process that starts on another day begins with 1 again, and adds to the oldest file.
      dateFormat: 'yyyy-MM-dd',
      size,
      // Also those of the processes before this one: otherwise restarts let them grow without end.
      limit: { count: KEPT_FILES, removeOtherLogFiles: true },
      symlink: true,
      minLength,
      maxWrite: MAX_WRITE_BYTES,
      maxLength: MAX_BUFFERED_BYTES,
      periodicFlush: FLUSH_INTERVAL_MS,
      mode: 0o600,
    });
    await once(stream, 'ready');
    return guarded(stream, join(dir, `${name}.log`));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`LOG_DIR ${dir} can't be written (${reason}): choose a folder of this user.`, { cause });
  }
}

/** A file of this name that the hub did not write is put aside, never removed. */
function linkTo(link: string, target: string): void {
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) rmSync(link);
  else if (there !== undefined) renameSync(link, `${link}.before-the-hub`);
  symlinkSync(target, link);
}
