import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { withoutLog } from '../../db/without-log.ts';

/** Pages copied at a time (256 KiB), and brought to the disk: all of it at once would hold up every commit of the hub. */
const STEP_PAGES = 64;
/** A careful copy rests this long for each millisecond that it works. */
const REST_SHARE = 1;
const SNAPSHOT_PATIENCE_MS = 10_000;

export interface SnapshotOptions {
  /** Leaves the disk and the processor to others half of the time. */
  careful?: boolean;
  /** @param share of the pages that are there, 0 to 1 */
  onProgress?(share: number): void;
}

/**
 * Copies a database, as it stands at the call, to a new file; other processes that have it open go on reading and
 * writing. The copy is on disk when this resolves, and has no log of its own.
 *
 * SQLite's online backup begins again at every write of another process. It does not if its source is inside a
 * read transaction: then each step reads that same snapshot. `VACUUM INTO` would be consistent as well, but takes
 * several times as long, and while a snapshot is read the log of the database can only grow.
 * This process does nothing else meanwhile: it waits on its thread.
 * @throws Error of SQLite or the system; nothing is left at `target` then
 */
export async function snapshot(source: string, target: string, options: SnapshotOptions = {}): Promise<void> {
  const db = new SqliteDatabase(source, { readonly: true, fileMustExist: true, timeout: SNAPSHOT_PATIENCE_MS });
  let handle: number | undefined;
  try {
    db.exec('begin');
    db.prepare('select count(*) from sqlite_schema').get();
    closeSync(openSync(target, 'wx', 0o600));
    handle = openSync(target, 'r+');
    const disk = handle;
    let stepStartedAt = performance.now();
    await db.backup(target, {
      progress({ totalPages, remainingPages }) {
        fsyncSync(disk);
        options.onProgress?.(totalPages === 0 ? 1 : 1 - remainingPages / totalPages);
        if (options.careful === true) rest((performance.now() - stepStartedAt) * REST_SHARE);
        stepStartedAt = performance.now();
        return STEP_PAGES;
      },
    });
    db.exec('commit');
    withoutLog(target);
    fsyncSync(disk);
  } catch (error) {
    discard(target);
    throw error;
  } finally {
    if (handle !== undefined) closeSync(handle);
    db.close();
  }
}

/** Removes a copy and what SQLite may have left beside it. */
export function discard(file: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}

function rest(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
