import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { partialOf, syncFolder } from '../backup/partial.ts';
import { discard } from '../backup/snapshot.ts';
import { isUndoing, noteUndoing, readJournal, removeJournal } from './journal.ts';
import { keepReleases, linkedProgram, linkTo } from './program.ts';

/** The hub as a service of this machine. */
export interface Service {
  isActive(): Promise<boolean>;
  stop(): Promise<void>;
  /**
   * Resolves once it listens.
   * @throws HubError `unavailable` if it does not
   */
  start(limitMs: number): Promise<void>;
  /** Whether it can work. */
  isReady(): Promise<boolean>;
}

/** What SQLite keeps beside a database. */
const COMPANIONS = ['-wal', '-shm', '-journal'];
const START_LIMIT_MS = 300_000;

/**
 * Takes an upgrade back that was not done: the old program with the data that it had. It needs no room on the disk, and
 * may be repeated wherever it was interrupted, also where the machine was started again meanwhile.
 * @returns false if there is none
 */
export async function undoUpgrade(project: string, service: Service): Promise<boolean> {
  const journal = readJournal(project);
  if (journal === undefined) return false;
  await service.stop();
  // Where the link never led to the new version, the old one alone wrote to the database, perhaps after the copy.
  const isSwitched = linkedProgram(project) === journal.to;
  if (isSwitched) {
    noteUndoing(project);
    linkTo(project, journal.from);
  }
  if (journal.database !== null && journal.copy !== null) {
    if (isUndoing(project)) putBack(journal.database, journal.copy);
    else discardCopy(journal.copy);
  }
  if (journal.wasActive) await service.start(START_LIMIT_MS);
  removeJournal(project);
  keepReleases(project, []);
  return true;
}

/** Under this name lies what a version that did not stay made of the database, and perhaps took in its minute. */
function leftBehind(database: string): string {
  return `${database}.failed-upgrade`;
}

function discardCopy(copy: string): void {
  // It removes what a killed process left of it, too.
  for (const file of [copy, partialOf(copy)]) discard(file);
}

/** A copy of this name is whole; without it the database was not touched, or is back already. */
function putBack(database: string, copy: string): void {
  if (!existsSync(copy)) return;
  const aside = leftBehind(database);
  for (const suffix of ['', ...COMPANIONS]) rmSync(aside + suffix, { force: true });
  // A log belongs to its file, and must not meet the other one.
  for (const suffix of COMPANIONS) if (existsSync(database + suffix)) renameSync(database + suffix, aside + suffix);
  try {
    linkSync(database, aside);
  } catch {
    // Not every file system has second names: then there is no name in between, and the copy takes it at once.
    if (existsSync(database)) renameSync(database, aside);
  }
  renameSync(copy, database);
  syncFolder(dirname(database));
}
