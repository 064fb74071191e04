import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, type DatabaseObserver, openDatabase, type Tx } from '../../src/db/open.ts';
import { statement } from '../../src/db/statement.ts';
import { storeValue } from '../../src/db/stored-value.ts';
import { garblePages } from '../support/garble.ts';
import { freshDatabase } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const values = statement<object>()((db) => db.selectFrom('settings').select('value'));

async function freshDb(url: string, observer?: DatabaseObserver): Promise<Database> {
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' }, { observer });
  onTestFinished(() => db.close());
  await migrate(db);
  return db;
}

const writing = (key: string) => (tx: Tx) => tx.run(storeValue, { key, value: 'x'.repeat(100) });

/** What was counted. */
function observed() {
  const faults: unknown[] = [];
  const refused: number[] = [];
  const observer: DatabaseObserver = {
    committed: () => {},
    notCommitted(fault, count) {
      faults.push(fault);
      refused.push(count);
    },
    notRead: (fault) => faults.push(fault),
  };
  return { observer, faults, refused };
}

/** A connection of another program to the same PostgreSQL. */
async function other(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const FAULT = { code: 'unavailable', retryAfterSeconds: 2 };

test('a corrupt page that a read meets is a damaged database, by query and by builder alike', async () => {
  const url = await freshDatabase('sqlite');
  const path = url.slice('sqlite:'.length);
  const first = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(first);
  for (let i = 0; i < 200; i++) await first.transact(writing(`k${i}`));
  await first.close();
  garblePages(path, 'settings');
  const { observer, faults } = observed();
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' }, { observer });
  onTestFinished(() => db.close());
  await expect(db.query(values, {})).rejects.toMatchObject({ ...FAULT, kind: 'damaged' });
  await expect(db.read.selectFrom('settings').select('value').execute()).rejects.toMatchObject({ kind: 'damaged' });
  expect(faults).toHaveLength(2);
});

test('a write lock of another program holds up no read, and writes go on once it is gone', async () => {
  const url = await freshDatabase('sqlite');
  const db = await freshDb(url);
  const holder = new SqliteDatabase(url.slice('sqlite:'.length));
  onTestFinished(() => void holder.close());
  holder.exec('begin immediate');
  const written = db.transact(writing('a'));
  for (let i = 0; i < 20; i++) expect(await db.query(values, {})).toEqual([]);
  holder.exec('rollback');
  await written;
  expect(await db.query(values, {})).toHaveLength(1);
});

test('a write lock that stays refuses all writes that wait for it at once, as locked', async () => {
  const url = await freshDatabase('sqlite');
  const { observer, refused } = observed();
  const db = await freshDb(url, observer);
  const holder = new SqliteDatabase(url.slice('sqlite:'.length));
  onTestFinished(() => void holder.close());
  holder.exec('begin immediate');
  const all = await Promise.allSettled(['a', 'b', 'c'].map((key) => db.transact(writing(key))));
  for (const one of all) expect(one).toMatchObject({ reason: { ...FAULT, kind: 'locked' } });
  expect(refused).toEqual([3]);
});

test('a table that another program locks in PostgreSQL refuses writes and reads as locked', async () => {
  const url = await freshDatabase('postgres');
  const { observer, refused } = observed();
  const db = await freshDb(url, observer);
  const holder = await other(url);
  await holder.query('begin; lock table settings in access exclusive mode');
  const reading = db.query(values, {}).catch((fault) => fault);
  const all = await Promise.allSettled(['a', 'b', 'c'].map((key) => db.transact(writing(key))));
  for (const one of all) expect(one).toMatchObject({ reason: { ...FAULT, kind: 'locked' } });
  expect(refused).toEqual([3]);
  expect(await reading).toMatchObject({ ...FAULT, kind: 'locked' });
  await holder.query('rollback');
  await db.transact(writing('a'));
  expect(await db.query(values, {})).toHaveLength(1);
});

test('a right that is taken away in PostgreSQL refuses reads and writes, and they go on once it is back', async () => {
  const url = await freshDatabase('postgres');
  await freshDb(url);
  const owner = await other(url);
  const role = `hub_${crypto.randomUUID().replaceAll('-', '')}`;
  await owner.query(`create role ${role} login superuser password 'made-up'`);
  onTestFinished(async () => void (await owner.query(`drop owned by ${role}; drop role ${role}`)));
  await owner.query(`alter role ${role} nosuperuser; grant all on settings to ${role}`);
  const address = new URL(url);
  [address.username, address.password] = [role, 'made-up'];
  const db = openDatabase({ DATABASE_URL: address.href, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  await db.transact(writing('a'));
  await owner.query(`revoke all on settings from ${role}`);
  await expect(db.query(values, {})).rejects.toMatchObject({ ...FAULT, kind: 'refused' });
  await expect(db.transact(writing('b'))).rejects.toMatchObject({ ...FAULT, kind: 'refused' });
  await owner.query(`grant all on settings to ${role}`);
  await db.transact(writing('b'));
  expect(await db.query(values, {})).toHaveLength(2);
});

test('a connection that PostgreSQL cuts refuses what was under way, and the next read and write work', async () => {
  const url = await freshDatabase('postgres');
  const db = await freshDb(url);
  const admin = await other(url);
  await db.transact(writing('a'));
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'valletpv-hub%'`;
  const cutInside = db.transact(async (tx) => {
    await admin.query(cut);
    await writing('b')(tx);
  });
  await expect(cutInside).rejects.toMatchObject({ ...FAULT, kind: 'unreachable' });
  await db.transact(writing('c'));
  await vi.waitFor(async () => expect(await db.query(values, {})).toHaveLength(2), WAIT_MS);
});

test('a transaction in which the hub stands still is ended by PostgreSQL, and its locks with it', async () => {
  const url = await freshDatabase('postgres');
  const db = await freshDb(url);
  const outside = await other(url);
  const standing = db.transact(async (tx) => {
    await writing('a')(tx);
    // Waits for the row that this transaction holds: only its end lets the other program go on.
    await outside.query("insert into settings (key, value) values ('a', 'other')");
    await writing('b')(tx);
  });
  await expect(standing).rejects.toMatchObject({ ...FAULT, kind: 'unreachable' });
  expect(await db.query(values, {})).toEqual([{ value: 'other' }]);
});

test('behind a pooler that gives each transaction another server, one sentence says what to set', async () => {
  const db = openDatabase({ DATABASE_URL: await freshDatabase('postgres'), DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  // What a pooler does: the server knows a statement of this name already, from another one's connection.
  await sql.raw('prepare s1 as select 1').execute(db.writer);
  await expect(migrate(db)).rejects.toThrow(
    /^A pooler \(pgbouncer\) in transaction mode stands between the hub and PostgreSQL: set pool_mode = session/,
  );
});

test('a schema that can not be brought up to date before the first migration is not said to be a migration’s fault', async () => {
  const db = openDatabase({ DATABASE_URL: await freshDatabase('sqlite'), DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  await sql.raw('create table kysely_migration_lock (other integer)').execute(db.writer);
  await expect(migrate(db)).rejects.toThrow(
    /^The database could not be made ready for migrations, and nothing was changed: no such column/,
  );
});
