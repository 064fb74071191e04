import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../backup/partial.ts';
import { journalFile } from './program.ts';

/**
 * What an upgrade changes once it stops the hub. While the journal is on disk the upgrade is not done, and the next command
 * that reads the journal can take every change back.
 */
export interface UpgradeJournal {
  /** Where the program's link led before, and leads after it. */
  from: string;
  to: string;
  /** The SQLite file, and the copy of it that is made before the new version changes its schema. */
  database: string | null;
  copy: string | null;
  /** Whether the hub ran. */
  wasActive: boolean;
}

export function readJournal(project: string): UpgradeJournal | undefined {
  const file = [journalFile(project), undoneFile(project)].find((path) => existsSync(path));
  // This program wrote it, whole.
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as UpgradeJournal);
}

/** On disk when it returns, whole or not at all. */
export function writeJournal(project: string, journal: UpgradeJournal): void {
  const file = journalFile(project);
  const handle = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(journal));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
  syncFolder(dirname(file));
}

/**
 * Notes that the copy is to be put back, before the link leads back and no longer tells that the new version may have
 * written. A name, as a full disk has room for it.
 */
export function noteUndoing(project: string): void {
  if (isUndoing(project)) return;
  renameSync(journalFile(project), undoneFile(project));
  syncFolder(dirname(journalFile(project)));
}

export function isUndoing(project: string): boolean {
  return existsSync(undoneFile(project));
}

export function removeJournal(project: string): void {
  for (const file of [journalFile(project), undoneFile(project)]) rmSync(file, { force: true });
  syncFolder(dirname(journalFile(project)));
}

function undoneFile(project: string): string {
  return `${journalFile(project)}.undoing`;
}
