import type SqliteDatabase from 'better-sqlite3';
import type { Value } from './fingerprint.ts';

/** Tables of the migrations' own bookkeeping: the other side has its own. */
export const BOOKKEEPING: readonly string[] = ['kysely_migration', 'kysely_migration_lock'];

/** A row, and how many of its values had to be changed. */
export interface SourceRow {
  values: Value[];
  /** Texts with a NUL, which PostgreSQL can't hold: it becomes U+FFFD. */
  changed: number;
}

/** The tables that a SQLite database has, whatever migrations made them. */
export function tablesOf(db: SqliteDatabase.Database): string[] {
  return db
    .prepare<[], string>("select name from sqlite_schema where type = 'table' and name not like 'sqlite^_%' escape '^'")
    .pluck()
    .all()
    .filter((name) => !BOOKKEEPING.includes(name))
    .sort();
}

export function columnsOf(db: SqliteDatabase.Database, table: string): string[] {
  return db.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(table);
}

export function countOf(db: SqliteDatabase.Database, table: string): number {
  return (
    db
      .prepare<[], number>(`select count(*) from ${quoted(table)}`)
      .pluck()
      .get() ?? 0
  );
}

/** All rows of a table, one at a time. */
export function* rowsOf(
  db: SqliteDatabase.Database,
  table: string,
  columns: readonly string[],
): Generator<SourceRow, void> {
  const select = db.prepare<[], unknown[]>(`select ${columns.map(quoted).join(', ')} from ${quoted(table)}`);
  for (const row of select.raw().safeIntegers().iterate()) {
    let changed = 0;
    const values = row.map((value) => {
      const carried = carriedValue(value);
      if (typeof value === 'string' && carried !== value) changed++;
      return carried;
    });
    yield { values, changed };
  }
}

/** The number that an ever growing column gave out last, even if that row is gone. */
export function lastNumberOf(db: SqliteDatabase.Database, table: string): number {
  if (db.prepare("select 1 from sqlite_schema where name = 'sqlite_sequence'").get() === undefined) return 0;
  return db.prepare<[string], number>('select seq from sqlite_sequence where name = ?').pluck().get(table) ?? 0;
}

/** An identifier, in quotation marks. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function carriedValue(value: unknown): Value {
  if (value === null || Buffer.isBuffer(value)) return value;
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : String(value);
}
