import SqliteDatabase from 'better-sqlite3';
import { pause, systemClock } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { WatchedFile } from './watched-file.ts';

/** A write waits this long for another process that writes, such as a command; a migration is in no hurry. */
const LOCK_MS = 4_000;
const PATIENT_LOCK_MS = 60_000;
const LOCK_RETRY_MS = 20;
/** Another process knows nothing of a clock that a test moves. */
const processTime = systemClock();

/** Follows the commits that changed something, at the very moment: nothing else runs in between. */
export interface CommitFollower {
  beforeCommit(): void;
  committed(): void;
  commitFailed(): void;
}

/** A statement that says by its count whether it changed anything. */
const COUNTED = /^\s*(insert|update|delete|with)\b/i;

/** What a connection that writes has beside its statements. */
interface WriterParts {
  file: WatchedFile;
  follower(): CommitFollower | undefined;
}

/** One connection of SQLite as `transact` and Kysely use it; its statements are prepared once. */
export function overSqlite(db: SqliteDatabase.Database, parts?: WriterParts): Connection {
  const file = parts?.file;
  /** Whether the open transaction changed anything. */
  let wrote = false;
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
  const busyMs = Number(db.pragma('busy_timeout', { simple: true }));
  const commit = db.prepare('commit');
  const rollback = db.prepare('rollback');
  return {
    async execute(text, parameters) {
      const statement = prepare(text);
      const rows = statement.reader ? statement.all(parameters) : [];
      const changes = statement.reader ? rows.length : statement.run(parameters).changes;
      if (!statement.readonly && (changes > 0 || !COUNTED.test(text))) wrote = true;
      return { rows, changes };
    },
    async begin(bounds) {
      file?.requireNamed();
      wrote = false;
      const deadline = performance.now() + (bounds === 'request' ? LOCK_MS : PATIENT_LOCK_MS);
      let isHeld = false;
      try {
        for (;;) {
          try {
            begin.run();
            return;
          } catch (error) {
            if (!isLocked(error) || performance.now() >= deadline) throw error;
          }
          // SQLite's own waiting holds up the whole process, and every read and heartbeat in it: only the first try has it.
          if (!isHeld) db.pragma('busy_timeout = 0');
          isHeld = true;
          await pause(processTime, LOCK_RETRY_MS);
        }
      } finally {
        if (isHeld) db.pragma(`busy_timeout = ${busyMs}`);
      }
    },
    async commit() {
      const follower = wrote ? parts?.follower() : undefined;
      follower?.beforeCommit();
      try {
        commit.run();
      } catch (error) {
        follower?.commitFailed();
        throw error;
      }
      follower?.committed();
      // What lies in a file that lost its name meanwhile is not kept. A follower looks when its sync is back.
      if (follower === undefined) file?.requireNamed();
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
