import SqliteDatabase from 'better-sqlite3';
import { HubError } from '../errors.ts';

const PATIENCE_MS = 1_000;

/**
 * Opens a SQLite database that no other process has open; none can open it until the connection is closed.
 *
 * SQLite itself knows which processes have it open: each holds a lock on the log, and leaving the log mode, which
 * writes the log back into the file, needs the whole lock. A process that dies loses its locks. The next one that
 * opens the database turns the log mode on again.
 * @throws HubError `unavailable` with a sentence if another process has it open; SQLite's error if it can't be read
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
