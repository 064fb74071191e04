import { closeSync, openSync, writeSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';

/** Writes over the first page of a table in a SQLite file that no hub has open, as a broken disk does. */
export function garblePages(path: string, table: string): void {
  const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
  const root = Number(db.prepare('select rootpage from sqlite_schema where name = ?').pluck().get(table));
  const pageSize = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(pageSize, 0x5a), 0, pageSize, (root - 1) * pageSize);
  closeSync(file);
}
