import { statSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { type Pages, shrinking } from '../../src/db/vacuum.ts';
import { freshDatabase } from '../support/hub.ts';

const MEBIBYTE = 1024 * 1024;

async function opened(url: string): Promise<Database> {
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'normal' });
  await migrate(db);
  return db;
}

/** Fills it with so many MiB, and deletes most of that again. */
async function fillAndEmpty(db: Database, mebibytes: number): Promise<void> {
  await db.transact(async (tx) => {
    for (let i = 0; i < mebibytes * 16; i++) {
      const row = { key: `row ${String(i).padStart(6, '0')}`, value: 'x'.repeat(64 * 1024) };
      await tx.kysely.insertInto('settings').values(row).execute();
    }
  });
  await db.transact(async (tx) => {
    await tx.kysely
      .deleteFrom('settings')
      .where('key', '<', `row ${String(mebibytes * 14).padStart(6, '0')}`)
      .execute();
  });
}

function inspect(file: string) {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return {
      free: Number(db.pragma('freelist_count', { simple: true })),
      pages: Number(db.pragma('page_count', { simple: true })),
      integrity: db.pragma('integrity_check', { simple: true }),
      rows: db.prepare("select count(*) from settings where key like 'row %'").pluck().get(),
    };
  } finally {
    db.close();
  }
}

test('what was deleted is given back to the disk little by little, but for a reserve', async () => {
  const url = await freshDatabase('sqlite');
  const file = url.slice('sqlite:'.length);
  const db = await opened(url);
  await fillAndEmpty(db, 40);
  const before = inspect(file);
  let { free } = before;
  await db.tidy();
  expect(inspect(file).free).toBeGreaterThan(before.free - 1_000);
  for (let last = Number.POSITIVE_INFINITY; free < last; ) {
    last = free;
    for (let i = 0; i < 20; i++) await db.tidy();
    free = inspect(file).free;
  }
  const after = inspect(file);
  expect(after).toMatchObject({ integrity: 'ok', rows: before.rows });
  expect(after.free).toBeLessThanOrEqual(1_024);
  expect(after.pages).toBeLessThan(before.pages / 2);
  await db.close();
  expect(statSync(file).size).toBeLessThan(16 * MEBIBYTE);
});

test('a database from before files could shrink goes on as it was', async () => {
  const url = await freshDatabase('sqlite');
  const file = url.slice('sqlite:'.length);
  const old = new SqliteDatabase(file);
  old.pragma('journal_mode = WAL');
  old.exec('create table a (b)').close();
  const db = await opened(url);
  await fillAndEmpty(db, 20);
  const before = inspect(file);
  for (let i = 0; i < 20; i++) await db.tidy();
  expect(inspect(file)).toEqual(before);
  await db.close();
});

test('a step that takes long is followed by shorter ones', () => {
  const steps: number[] = [];
  let [msPerPage, elapsed] = [0, 0];
  const pages: Pages = {
    free: () => 100_000,
    count: () => 200_000,
    giveBack(most) {
      steps.push(most);
      elapsed += most * msPerPage;
    },
  };
  const step = shrinking(pages, () => elapsed);
  for (let i = 0; i < 10; i++) step();
  expect(steps).toEqual([16, 32, 64, 128, 256, 512, 512, 512, 512, 512]);
  steps.length = 0;
  msPerPage = 1;
  for (let i = 0; i < 9; i++) step();
  expect(steps).toEqual([512, 256, 128, 64, 32, 16, 8, 8, 8]);
});
