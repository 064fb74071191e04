import { chmodSync, copyFileSync, existsSync, linkSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { holdDatabase } from '../../db/hold.ts';
import { becomeOnlyHub } from '../../db/hub-lock.ts';
import { knownMigrations, newerSentence } from '../../db/migrate.ts';
import { realFile } from '../../db/real-file.ts';
import { HubError } from '../../errors.ts';
import { giveTo, makeFolder } from '../../ownership.ts';
import { timeInName } from './copies.ts';
import { checkHeader, examineCopy } from './examine.ts';
import { partialOf, syncFolder } from './partial.ts';
import { discard, snapshot } from './snapshot.ts';
import { isDiskFull, requireSpace } from './space.ts';

export interface RestoreOptions {
  /** The copy. */
  source: string;
  /** The database's file. */
  target: string;
  /** For the name under which the present database is kept. */
  now: number;
  onProgress?(share: number): void;
}

export interface Restored {
  bytes: number;
  /** The file in which the database that was there before is kept; undefined if there was none. */
  before: string | undefined;
  /** Why that one could not be read, if so. */
  beforeFault: string | undefined;
  /** Migrations of this program that the copy does not have; the next start applies them. */
  waiting: string[];
}

/** What SQLite keeps beside a database. */
const COMPANIONS = ['-wal', '-shm', '-journal'];

/**
 * Puts a copy in the place of the database. Until the last step, a rename, the database stays as it is; it is kept
 * under another name.
 * @throws HubError with a sentence: `invalid_request` if the copy is no good, `unavailable` if a hub runs on the
 * database or the disk can't take it
 */
export async function restoreDatabase({ source, target, now, onProgress }: RestoreOptions): Promise<Restored> {
  const from = resolve(source);
  // Where the database is a link, perhaps to a file on another disk, the link stays.
  const to = realFile(target);
  checkHeader(from);
  if (isSameFile(from, to)) {
    throw new HubError('invalid_request', `${source} is the database itself: give the copy.`);
  }
  makeFolder(dirname(to));
  requireSpace(dirname(to), statSync(from).size);
  const partial = partialOf(to);
  // A hub whose file was deleted or replaced holds no lock on what is there now, and everything that was written.
  const release = becomeOnlyHub(to);
  let present: Present | undefined;
  try {
    present = existsSync(to) ? hold(to) : undefined;
    await copy(from, partial, onProgress);
    giveTo(partial, present === undefined ? dirname(to) : to);
    const { bytes, migrations } = examineCopy(partial, source);
    const known = await knownMigrations();
    const unknown = migrations.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new HubError('invalid_request', newerSentence(source, unknown));
    const before = keep(to, now);
    renameSync(partial, to);
    syncFolder(dirname(to));
    const waiting = known.filter((name) => !migrations.includes(name));
    return { bytes, before, beforeFault: present?.fault, waiting };
  } catch (error) {
    discard(partial);
    if (!isDiskFull(error)) throw error;
    throw new HubError('unavailable', `The disk of ${dirname(to)} is full: make room. The database is as it was.`, {
      cause: error,
    });
  } finally {
    present?.release();
    release();
  }
}

/** Also what a copy that was made by hand has in a log beside it. */
async function copy(from: string, to: string, onProgress: RestoreOptions['onProgress']): Promise<void> {
  try {
    await snapshot(from, to, { ...(onProgress && { onProgress }) });
  } catch (error) {
    if (isDiskFull(error) || error instanceof HubError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HubError('invalid_request', `${from} can't be copied (${reason}).`, { cause: error });
  }
}

interface Present {
  fault?: string;
  release(): void;
}

/** A database that is too broken to be locked runs no hub, and may be what this is about. */
function hold(file: string): Present {
  try {
    const db = holdDatabase(file);
    return { release: () => db.close() };
  } catch (error) {
    if (error instanceof HubError) throw error;
    return { fault: error instanceof Error ? error.message : String(error), release: () => {} };
  }
}

/**
 * Gives the present database a second name; there is no moment in which it has none.
 * @returns that name; undefined if there is no database
 */
function keep(file: string, now: number): string | undefined {
  const before = freeName(`${file}.before-restore-${timeInName(now)}`);
  const present = existsSync(file);
  if (present) link(file, before);
  // A log that could not be written back belongs to the old file, and must not meet the new one.
  for (const suffix of COMPANIONS) if (existsSync(file + suffix)) renameSync(file + suffix, before + suffix);
  return present ? before : undefined;
}

function link(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    // Not every file system has second names.
    copyFileSync(file, name);
    chmodSync(name, 0o600);
  }
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((file) => statSync(file, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function freeName(name: string): string {
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${name}-${n}`;
    if (!existsSync(tried)) return tried;
  }
}
