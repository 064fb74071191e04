import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { pause, systemClock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { Pages } from './vacuum.ts';
import { WatchedFile } from './watched-file.ts';

/** The oldest SQLite that is safe here (docs/security.md, "Versions"). */
const LEAST_SQLITE = '3.51.3';

/**
 * A thread of its own writes the log back (checkpointer.ts). If it can't keep up, the writer does it itself at
 * 1 GiB: while a backup copies, the log only grows, and the thread writes it back afterwards. At
 * SQLite's default of 1,000 pages a busy hub spent a fifth of its time on it.
 */
const CHECKPOINT_PAGES = 262_144;
/** A log that was written back is cut to this. */
const LOG_KEPT_BYTES = 64 * 1024 * 1024;
/** `auto_vacuum` as SQLite answers it. */
const INCREMENTAL = 2;

/** A write waits this long for another process that writes, such as a command; a migration is in no hurry. */
const LOCK_MS = 4_000;
const PATIENT_LOCK_MS = 60_000;
const LOCK_RETRY_MS = 20;
/** How long SQLite itself may wait, and the process with it: while the hub serves, and while it opens the file. */
const BUSY_MS = 20;
const OPENING_BUSY_MS = 5_000;

/** Another process knows nothing of a clock that a test moves. */
const processTime = systemClock();

export interface SqliteOptions {
  path: string;
  durability: 'full' | 'normal';
}

export interface SqliteWriter extends Connection {
  /** Undefined if the file can't give any back. */
  pages: Pages | undefined;
  file: WatchedFile;
}

/** Opens the file for writing; it and its folder are made for this user alone if they are missing. */
export function openSqliteWriter({ path, durability }: SqliteOptions): SqliteWriter {
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(file);
  const before = isNew ? undefined : statSync(file).ino;
  const db = new SqliteDatabase(file);
  if (isNew) chmodSync(file, 0o600);
  const version = String(db.prepare('select sqlite_version()').pluck().get());
  if (older(version, LEAST_SQLITE))
    throw new Error(`SQLite ${version} is too old: ${LEAST_SQLITE} or newer is needed.`);
  // Only a file that holds nothing yet takes this; the log writes its first page.
  if (isNew) db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  if (before !== undefined && before !== statSync(file).ino) {
    // The file that was opened has another name by now (a restore did that), and the log beside it is not its own.
    db.close();
    throw new Error('it was replaced at this moment');
  }
  db.pragma(`synchronous = ${durability}`);
  db.pragma('foreign_keys = ON');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`journal_size_limit = ${LOG_KEPT_BYTES}`);
  configure(db);
  const mode = db.pragma('journal_mode', { simple: true });
  const synchronous = Number(db.pragma('synchronous', { simple: true }));
  if (mode !== 'wal' || synchronous < (durability === 'full' ? 2 : 1)) {
    throw new Error(`The database at ${file} can't be kept safe: journal_mode is ${mode}, synchronous ${synchronous}.`);
  }
  db.pragma(`busy_timeout = ${BUSY_MS}`);
  const shrinks = db.pragma('auto_vacuum', { simple: true }) === INCREMENTAL;
  // The first read makes the log, if it is not there.
  db.prepare('select count(*) from sqlite_schema').get();
  const watched = new WatchedFile(file, (target) => db.backup(target));
  return { ...overSqlite(db, watched), pages: shrinks ? pagesOf(db) : undefined, file: watched };
}

function pagesOf(db: SqliteDatabase.Database): Pages {
  return {
    free: () => Number(db.pragma('freelist_count', { simple: true })),
    count: () => Number(db.pragma('page_count', { simple: true })),
    giveBack(most) {
      // Between the steps of a transaction it would belong to that one.
      if (!db.inTransaction) db.exec(`pragma incremental_vacuum(${most})`);
    },
  };
}

/** Opens a second connection that sees what is committed and can't change it. */
export function openSqliteReader(path: string): Connection {
  const db = new SqliteDatabase(resolve(path), { readonly: true });
  configure(db);
  return overSqlite(db);
}

function configure(db: SqliteDatabase.Database): void {
  db.pragma(`busy_timeout = ${OPENING_BUSY_MS}`);
  db.pragma('cache_size = -65536');
  db.pragma('temp_store = MEMORY');
}

function overSqlite(db: SqliteDatabase.Database, file?: WatchedFile): Connection {
  const prepared = new Map<string, SqliteDatabase.Statement<unknown[]>>();
  const prepare = (text: string) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare<unknown[]>(text);
      // Texts with lists of varying length would fill it; forgetting all of them now and then is cheap.
      if (prepared.size >= 500) prepared.clear();
      prepared.set(text, statement);
    }
    return statement;
  };
  const begin = db.prepare('begin immediate');
  const commit = db.prepare('commit');
  const rollback = db.prepare('rollback');
  return {
    async execute(text, parameters) {
      const statement = prepare(text);
      if (!statement.reader) return { rows: [], changes: statement.run(parameters).changes };
      const rows = statement.all(parameters);
      return { rows, changes: rows.length };
    },
    async begin(bounds) {
      file?.requireNamed();
      const deadline = performance.now() + (bounds === 'request' ? LOCK_MS : PATIENT_LOCK_MS);
      for (;;) {
        try {
          begin.run();
          return;
        } catch (error) {
          if (!isLocked(error) || performance.now() >= deadline) throw error;
        }
        // SQLite's own waiting would hold up the whole process, and every read and heartbeat in it.
        await pause(processTime, LOCK_RETRY_MS);
      }
    },
    async commit() {
      commit.run();
      // What lies in a file that lost its name meanwhile is not kept.
      file?.requireNamed();
    },
    async rollback() {
      // SQLite ends a transaction by itself on some faults (a full disk); there is nothing left to take back then.
      if (db.inTransaction) rollback.run();
    },
    async close() {
      if (!db.readonly) db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

function isLocked(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Whether a version such as `3.51.3` comes before another. */
export function older(version: string, least: string): boolean {
  const [a, b] = [version, least].map((v) => v.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
