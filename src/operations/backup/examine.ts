import { closeSync, openSync, readSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { HubError } from '../../errors.ts';

const SQLITE_HEADER = 'SQLite format 3\0';
/** Faults that are named; a broken file has thousands. */
const FAULTS_SHOWN = 3;

/** What a copy holds. */
export interface CopyFacts {
  /** The migrations that its schema has. */
  migrations: string[];
  bytes: number;
}

/**
 * Reads a copy from its first to its last page.
 * @param name what people know it by: it may have another name until it was examined
 * @throws HubError `invalid_request` with a sentence if it is not the whole database of a hub
 */
export function examineCopy(file: string, name: string): CopyFacts {
  checkHeader(file, name);
  let db: SqliteDatabase.Database | undefined;
  try {
    db = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
    const faults = db.prepare(`pragma integrity_check(${FAULTS_SHOWN})`).pluck().all();
    if (faults.length !== 1 || faults[0] !== 'ok') throw refused(name, `is damaged: ${faults.join('; ')}`);
    const pages = Number(db.pragma('page_count', { simple: true }));
    return { migrations: migrationsOf(db, name), bytes: pages * Number(db.pragma('page_size', { simple: true })) };
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw refused(
      name,
      `can't be read as a database (${error instanceof Error ? error.message : String(error)})`,
      error,
    );
  } finally {
    db?.close();
  }
}

/**
 * Looks at the first bytes only: whether it may be a database at all.
 * @throws HubError `invalid_request` with a sentence
 */
export function checkHeader(file: string, name = file): void {
  const header = Buffer.alloc(SQLITE_HEADER.length);
  try {
    const handle = openSync(file, 'r');
    try {
      readSync(handle, header, 0, header.length, 0);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw refused(name, `can't be read (${error instanceof Error ? error.message : String(error)})`, error);
  }
  if (header.toString('latin1') !== SQLITE_HEADER) throw refused(name, 'is no SQLite database');
}

function migrationsOf(db: SqliteDatabase.Database, name: string): string[] {
  const table = db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'kysely_migration'").get();
  if (table === undefined) throw refused(name, 'is a database, but not one of a hub');
  return db.prepare<[], string>('select name from kysely_migration order by name').pluck().all();
}

function refused(name: string, what: string, cause?: unknown): HubError {
  return new HubError('invalid_request', `${name} ${what}.`, { cause });
}
