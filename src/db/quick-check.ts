import { statSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { HubError } from '../errors.ts';
import { DatabaseFault, databaseFault } from './fault.ts';

/** A larger file is not read through at the start, which would take seconds: `doctor` does it. */
const MOST_CHECKED_BYTES = 256 * 1024 * 1024;
/** Faults that are named; a broken file has thousands. */
const FAULTS_SHOWN = 3;

/**
 * Reads a SQLite file through before a hub serves from it, if the hub before did not close it: a log is left beside it
 * then. What is damaged is found before the first person writes, and not by them.
 * @throws HubError `unavailable` with a sentence if it is damaged; SQLite's error if it can't be read
 */
export function checkAfterCrash(path: string): void {
  if (sizeOf(`${path}-wal`) === 0 || sizeOf(path) + sizeOf(`${path}-wal`) > MOST_CHECKED_BYTES) return;
  const db = new SqliteDatabase(path);
  try {
    const faults = faultsOf(db, 'quick_check');
    if (faults.length === 0) return;
    throw new HubError(
      'unavailable',
      `The database ${path} is damaged (${faults.join('; ')}): keep the file, and restore the last good copy (npx valletpv-hub restore <copy>).`,
    );
  } finally {
    db.close();
  }
}

/**
 * Reads the whole of a SQLite file, which a hub may have open: what is damaged in it, and nothing if it is whole.
 * @throws SQLite's error if it can't be read
 */
export function damageOf(path: string): string[] {
  const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  try {
    return faultsOf(db, 'integrity_check');
  } finally {
    db.close();
  }
}

/** Reads a database through. `integrity_check` compares indexes with their tables, too, and takes several times as long. */
function faultsOf(db: SqliteDatabase.Database, check: 'quick_check' | 'integrity_check'): string[] {
  try {
    const found = db.prepare(`pragma ${check}(${FAULTS_SHOWN})`).pluck().all().map(String);
    return found.filter((line) => line !== 'ok');
  } catch (error) {
    const fault = databaseFault(error);
    // Some damage keeps SQLite from looking for more.
    if (error instanceof Error && fault instanceof DatabaseFault && fault.kind === 'damaged') return [error.message];
    throw error;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
