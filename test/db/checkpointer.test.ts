import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Checkpointer } from '../../src/db/checkpointer.ts';
import { migrate } from '../../src/db/migrate.ts';
import { BULK, type Database, openDatabase } from '../../src/db/open.ts';
import type { FileLoss, WatchedFile } from '../../src/db/watched-file.ts';
import { freshDatabase } from '../support/hub.ts';

const ROW_BYTES = 64 * 1024;
const LOG_BYTES = 8 * 1024 * 1024;
/** More than the thread leaves as it is. */
const LONG_LOG_BYTES = 40 * 1024 * 1024;
/** From here on work on many rows waits for it. */
const BEHIND_LOG_BYTES = 128 * 1024 * 1024;
/** What the thread leaves of a log. */
const KEPT_LOG_BYTES = 64 * 1024 * 1024;

test('a long log is written back into the file beside the hub’s own work, and is gone after closing', async () => {
  const url = await freshDatabase('sqlite');
  const file = url.slice('sqlite:'.length);
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  const write = (key: string) => writeRow(db, key);
  for (let i = 0; statSync(`${file}-wal`).size < LOG_BYTES; i++) await write(`before ${i}`);
  const before = statSync(file).size;
  const [during] = await Promise.all([write('during'), db.tidy()]);
  expect(during).toBeUndefined();
  expect(statSync(file).size).toBeGreaterThan(before + LOG_BYTES / 2);
  // Nothing was written since: there is nothing to do.
  await db.tidy();
  await db.tidy();
  await db.close();
  expect(existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0).toBe(false);
  const again = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  const rows = await again.read.selectFrom('settings').select('key').where('key', '=', 'during').execute();
  await again.close();
  expect(rows).toEqual([{ key: 'during' }]);
});

test('the thread, and not the hub’s next commit, begins a long log anew: SQLite syncs its head meanwhile', async () => {
  const url = await freshDatabase('sqlite');
  const log = `${url.slice('sqlite:'.length)}-wal`;
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  for (let i = 0; statSync(log).size < LONG_LOG_BYTES; i++) await writeRow(db, `row ${i}`);
  const before = timesBegun(log);
  await db.tidy();
  expect(timesBegun(log)).toBe(before + 1);
  await writeRow(db, 'after');
  expect(timesBegun(log)).toBe(before + 1);
  await db.close();
});

test('the thread, and not the hub’s next commit, cuts a log that grew too long: the disk may take a second for it', async () => {
  const url = await freshDatabase('sqlite');
  const log = `${url.slice('sqlite:'.length)}-wal`;
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  for (let i = 0; statSync(log).size < KEPT_LOG_BYTES + LOG_BYTES; i++) await writeRow(db, `row ${i}`);
  const grown = statSync(log).size;
  const other = new SqliteDatabase(url.slice('sqlite:'.length));
  other.pragma('wal_checkpoint(RESTART)');
  const before = timesBegun(log);
  await writeRow(db, 'begins it anew');
  expect([timesBegun(log), statSync(log).size]).toEqual([before + 1, grown]);
  other.close();
  for (let i = 0; i < 640; i++) await writeRow(db, `and again ${i}`);
  await db.tidy();
  expect(statSync(log).size).toBe(KEPT_LOG_BYTES);
  await db.close();
});

test('work on many rows waits for the thread where the log grew too long, and what comes in does not', async () => {
  const url = await freshDatabase('sqlite');
  const log = `${url.slice('sqlite:'.length)}-wal`;
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  for (let i = 0; statSync(log).size <= BEHIND_LOG_BYTES; i++) await writeRow(db, `row ${i}`, 16 * ROW_BYTES);
  const before = timesBegun(log);
  await writeRow(db, 'came in');
  expect(timesBegun(log)).toBe(before);
  const seen = await db.transact(async () => [timesBegun(log), statSync(log).size], BULK);
  expect(seen).toEqual([before + 1, KEPT_LOG_BYTES]);
  await db.close();
});

/** https://sqlite.org/fileformat2.html#walformat: the head counts how often the log was begun. */
function timesBegun(log: string): number {
  return readFileSync(log).readUInt32BE(12);
}

describe('a file that loses its name just before the thread opens it', () => {
  const lose: Record<FileLoss, (file: string) => void> = {
    deleted: (file) => rmSync(file),
    replaced: (file) => renameSync(`${file}.other`, file),
  };

  test.each(['deleted', 'replaced'] as const)('was %s: what is open still has everything', async (loss) => {
    const url = await freshDatabase('sqlite');
    const path = url.slice('sqlite:'.length);
    const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
    await migrate(db);
    copyFileSync(path, `${path}.other`);
    const { file } = db;
    if (file === undefined) throw new Error('SQLite has a file.');
    const rows = Math.ceil(LOG_BYTES / 65_536);
    for (let i = 0; i < rows; i++) await writeRow(db, `row ${i}`);
    lose[loss](path);
    const checkpointer = new Checkpointer(asStillNamed(file));
    await expect(checkpointer.run()).rejects.toThrow(loss === 'deleted' ? /unable to open/ : /was replaced/);
    await checkpointer.close();
    expect(existsSync(path)).toBe(loss === 'replaced');
    await file.saveTo(`${path}.saved`);
    const saved = new SqliteDatabase(`${path}.saved`, { readonly: true });
    expect(saved.prepare('select count(*) from settings').pluck().get()).toBe(rows);
    saved.close();
    await db.close();
  });
});

/** The file as the hub saw it a moment ago. */
function asStillNamed(file: WatchedFile): Pick<WatchedFile, 'path' | 'identity' | 'loss'> {
  return { path: file.path, identity: file.identity, loss: () => undefined };
}

function writeRow(db: Database, key: string, bytes = ROW_BYTES): Promise<void> {
  return db.transact(async (tx) => {
    await tx.kysely
      .insertInto('settings')
      .values({ key, value: 'x'.repeat(bytes) })
      .execute();
  });
}
