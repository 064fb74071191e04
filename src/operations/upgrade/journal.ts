import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../backup/partial.ts';
import { journalFile } from './program.ts';

/**
 * What an upgrade changes once it stops the hub. While this is on disk the upgrade is not done, and whoever finds it can
 * take everything back.
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
  const file = journalFile(project);
  // This program wrote it, whole.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as UpgradeJournal) : undefined;
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

export function removeJournal(project: string): void {
  rmSync(journalFile(project), { force: true });
  syncFolder(dirname(journalFile(project)));
}
