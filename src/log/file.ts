import { once } from 'node:events';
import {
  accessSync,
  constants,
  fstatSync,
  lstatSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { giveToFolder, makeFolder } from '../ownership.ts';
import {
  FLUSH_INTERVAL_MS,
  type GuardedStream,
  guarded,
  type LogStream,
  MAX_BUFFERED_BYTES,
  MAX_WRITE_BYTES,
} from './stream.ts';

/** Files of one log, besides the one that is written. */
const KEPT_FILES = 14;
const LOOK_INTERVAL_MS = 1_000;

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
    makeFolder(folder);
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
    keepNamed(stream, dir, name);
    return guarded(stream, join(dir, `${name}.log`));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause));
    const remedy = isFull ? 'make room on its disk' : 'choose a folder of this user';
    throw new Error(`LOG_DIR ${dir} can't be written (${reason}): ${remedy}.`, { cause });
  }
}

/**
 * A folder that is removed takes the open file along, and what is written then is lost: both are made anew, and standard
 * error says so. What root makes belongs to the folder's owner, as the hub may run as that user tomorrow.
 */
function keepNamed(stream: LogStream, dir: string, name: string): void {
  let seen: string | undefined;
  const look = () => {
    // sonic-boom's own fields: the path that is written, and its open file.
    const { file, fd } = stream as LogStream & { file: string; fd: number };
    if (fd < 0) return;
    try {
      if (isNamed(file, fd)) {
        if (file !== seen) giveToFolder(file);
        seen = file;
        return;
      }
      makeFolder(dirname(file));
      linkTo(join(dirname(file), 'current.log'), basename(file));
      linkTo(join(dir, `${name}.log`), join(name, 'current.log'));
      stream.reopen();
      writeSync(2, `${join(dir, `${name}.log`)} was removed while the hub wrote it: it is made anew.\n`);
    } catch {
      // What keeps it from being made may go away: the next look tries again.
    }
  };
  look();
  let lookedAt = performance.now();
  stream.on('write', () => {
    const now = performance.now();
    if (now - lookedAt < LOOK_INTERVAL_MS) return;
    lookedAt = now;
    look();
  });
}

function isNamed(file: string, fd: number): boolean {
  const named = statSync(file, { throwIfNoEntry: false });
  return named !== undefined && named.ino === fstatSync(fd).ino;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** A file of this name that the hub did not write is put aside, never removed. */
function linkTo(link: string, target: string): void {
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) rmSync(link);
  else if (there !== undefined) renameSync(link, `${link}.before-the-hub`);
  symlinkSync(target, link);
}
