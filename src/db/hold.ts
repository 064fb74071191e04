import SqliteDatabase from 'better-sqlite3';
import { HubError } from '../errors.ts';

const PATIENCE_MS = 1_000;

/**
 * Opens a SQLite database that nobody else has open, and that nobody can open until the connection is closed.
 *
 * SQLite itself knows who has it open: a database with a log stays locked for as long as a process does, and giving up
 * the log, which writes it back into the file, takes all of the lock. A process that dies loses its locks. Whoever
 * opens it next has the log again.
 * @throws HubError `unavailable` with a sentence where somebody has it open; SQLite's error where it can't be read
 */
export function holdDatabase(file: string): SqliteDatabase.Database {
  const db = new SqliteDatabase(file, { fileMustExist: true, timeout: PATIENCE_MS });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('begin exclusive');
    return db;
  } catch (error) {
    db.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^SQLITE_(BUSY|LOCKED)/.test(code)) throw error;
    throw new HubError(
      'unavailable',
      `${file} is in use: stop the hub, and whatever else has it open, and try again.`,
      {
        cause: error,
      },
    );
  }
}
