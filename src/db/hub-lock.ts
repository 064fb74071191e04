import { chmodSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { HubError } from '../errors.ts';
import { giveToFolder, makeFolder } from '../ownership.ts';
import { realFile } from './real-file.ts';

const PATIENCE_MS = 1_000;

/**
 * Makes this process the one hub of a SQLite file, until it calls what it gets back, or ends in whatever way. Commands
 * (`backup`, `tpv list`) need no lock, and work beside it.
 *
 * The lock is a write transaction, in which nothing is written, on a tiny SQLite database beside the file. The system
 * frees it with the process, also after `kill -9` or a power cut: unlike a file with a process number, it can't say
 * that a hub runs which is gone, or name a process that got the same number. It holds wherever SQLite's own locks hold;
 * on a file system without them the hub's database is not safe either. Its one row, which others can read meanwhile, is
 * only for the sentence.
 * @throws HubError `unavailable` with a sentence that names the other process; the system's or SQLite's error if there
 * can be no lock
 */
export function becomeOnlyHub(database: string): () => void {
  makeFolder(dirname(resolve(database)));
  const file = `${realFile(database)}-hub`;
  const db = new SqliteDatabase(file, { timeout: PATIENCE_MS });
  try {
    chmodSync(file, 0o600);
    giveToFolder(file);
    db.exec('begin immediate');
    db.exec('create table if not exists holder (id integer primary key, pid integer not null, host text not null)');
    db.prepare('insert or replace into holder values (1, ?, ?)').run(process.pid, hostname());
    db.exec('commit');
    db.exec('begin immediate');
    return () => void db.close();
  } catch (cause) {
    const isHeld = cause instanceof SqliteDatabase.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(cause.code);
    const holder = isHeld ? holderOf(db) : undefined;
    db.close();
    if (holder === undefined) throw cause;
    throw new HubError('unavailable', `A hub already runs on the database ${database} (${holder}): stop it first.`, {
      cause,
    });
  }
}

/** Which process has the lock, in words. */
function holderOf(db: SqliteDatabase.Database): string {
  try {
    const row = db.prepare<[], { pid: number; host: string }>('select pid, host from holder').get();
    return row === undefined ? 'it starts at this moment' : `process ${row.pid} on ${row.host}`;
  } catch {
    return 'it starts at this moment';
  }
}
