import { chmodSync, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { giveToFolder, makeFolder } from '../ownership.ts';
import type { Connection } from './connection.ts';
import { type CommitFollower, overSqlite } from './sqlite-connection.ts';
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
/** Pages that a connection keeps in memory. There are up to four readers, and each forgets its pages with a commit. */
const WRITER_CACHE_KIB = 65_536;
const READER_CACHE_KIB = 16_384;
/** `auto_vacuum` as SQLite answers it. */
const INCREMENTAL = 2;

/** How long SQLite itself may wait, and the process with it: while the hub serves, and while it opens the file. */
const BUSY_MS = 20;
const OPENING_BUSY_MS = 5_000;

export interface SqliteOptions {
  path: string;
  durability: 'full' | 'normal';
}

export interface SqliteWriter extends Connection {
  /** Undefined if the file can't give any back. */
  pages: Pages | undefined;
  file: WatchedFile;
  follow(follower: CommitFollower): void;
  /**
   * Writes the whole log back into the file, as far as no other process reads it, and syncs the file. What a process
   * left that was killed, or that could not sync it, may be in the system's memory alone.
   */
  writeBack(): void;
}

/** Opens the file for writing; it and its folder are made for this user alone if they are missing. */
export function openSqliteWriter({ path, durability }: SqliteOptions): SqliteWriter {
  const file = resolve(path);
  makeFolder(dirname(file));
  const isNew = !existsSync(file);
  const before = isNew ? undefined : statSync(file).ino;
  const db = new SqliteDatabase(file);
  if (isNew) {
    chmodSync(file, 0o600);
    // The log and its index follow the file: SQLite gives them to its owner.
    giveToFolder(file);
  }
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
  // What is deleted or replaced is written over, at once and always: a person's erasure finds no remains in free pages.
  db.pragma('secure_delete = ON');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  configure(db, WRITER_CACHE_KIB);
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
  let follower: CommitFollower | undefined;
  return {
    ...overSqlite(db, { file: watched, follower: () => follower }),
    pages: shrinks ? pagesOf(db) : undefined,
    file: watched,
    follow(one) {
      follower = one;
    },
    writeBack: () => void db.pragma('wal_checkpoint(TRUNCATE)'),
  };
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

/** A reading connection that can stay at one moment of the database, whatever is committed meanwhile. */
export interface SnapshotReader extends Connection {
  /** Stays at what is committed now. */
  keep(): void;
  /** Follows again what is committed. */
  release(): void;
}

/** Opens a second connection that sees what is committed and can't change it. */
export function openSqliteReader(path: string): SnapshotReader {
  const db = new SqliteDatabase(resolve(path), { readonly: true });
  configure(db, READER_CACHE_KIB);
  const begin = db.prepare('begin');
  // SQLite takes its view of the database with the first read.
  const look = db.prepare('select 1 from sqlite_schema limit 1');
  const end = db.prepare('rollback');
  return {
    ...overSqlite(db),
    keep() {
      begin.run();
      try {
        look.get();
      } catch (error) {
        end.run();
        throw error;
      }
    },
    release() {
      if (db.inTransaction) end.run();
    },
  };
}

function configure(db: SqliteDatabase.Database, cacheKib: number): void {
  db.pragma(`busy_timeout = ${OPENING_BUSY_MS}`);
  db.pragma(`cache_size = -${cacheKib}`);
  db.pragma('temp_store = MEMORY');
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
