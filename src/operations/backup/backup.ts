import { existsSync, lstatSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HubError } from '../../errors.ts';
import { type CopyFacts, checkHeader, examineCopy } from './examine.ts';
import { partialOf, syncFolder } from './partial.ts';
import { discard, snapshot } from './snapshot.ts';
import { isDiskFull, requireSpace } from './space.ts';

export interface BackupOptions {
  /** The database's file. */
  source: string;
  target: string;
  /** Whether a file at `target` may be replaced. */
  force: boolean;
  onProgress?(share: number): void;
}

/**
 * Makes a copy of a database that a hub may be writing to: all that was committed before this call is in it. It is
 * checked before it gets its name, so that whatever has that name is whole.
 * @throws HubError with a sentence: `invalid_request` if the copy may not be made or is damaged, `unavailable` if
 * the disk can't take it
 */
export async function backupDatabase({ source, target, force, onProgress }: BackupOptions): Promise<CopyFacts> {
  const [from, to] = [resolve(source), resolve(target)];
  if (!existsSync(from)) throw new HubError('unavailable', `There is no database at ${source}: check DATABASE_URL.`);
  checkHeader(from);
  checkTarget(from, to, force);
  requireSpace(dirname(to), statSync(from).size + sizeOf(`${from}-wal`));
  const partial = partialOf(to);
  try {
    await snapshot(from, partial, { careful: true, ...(onProgress && { onProgress }) });
    const facts = examineCopy(partial, source);
    if (!force) checkTarget(from, to, force);
    renameSync(partial, to);
    syncFolder(dirname(to));
    return facts;
  } catch (error) {
    discard(partial);
    if (!isDiskFull(error)) throw error;
    throw new HubError('unavailable', `The disk of ${dirname(to)} is full: make room, or choose another one.`, {
      cause: error,
    });
  }
}

function checkTarget(from: string, to: string, force: boolean): void {
  if (!existsSync(dirname(to))) {
    throw new HubError('invalid_request', `There is no folder ${dirname(to)}: make it, or choose another one.`);
  }
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there === undefined) {
    if (isBeside(from, to)) throw isTheDatabase(to);
    return;
  }
  if (!there.isFile()) throw new HubError('invalid_request', `${to} is no file: choose another name.`);
  const database = statSync(from);
  if (there.ino === database.ino && there.dev === database.dev) throw isTheDatabase(to);
  if (isBeside(from, to)) throw isTheDatabase(to);
  if (!force) throw new HubError('invalid_request', `${to} is there already: choose another name, or give --force.`);
}

/** What SQLite and the hub keep beside a database. */
function isBeside(database: string, file: string): boolean {
  return ['-wal', '-shm', '-journal', '-hub', '-erased'].some((suffix) => database + suffix === file);
}

function isTheDatabase(to: string): HubError {
  return new HubError('invalid_request', `${to} belongs to the database itself: choose another name.`);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
