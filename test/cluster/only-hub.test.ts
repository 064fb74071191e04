import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { OnlyHub } from '../../src/cluster/only-hub.ts';
import { freshDatabase, SHARED, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

// One hub at a time runs on a PostgreSQL.

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function start(databaseUrl: string) {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return startHub({ databaseUrl, emulator });
}

test('a second hub is refused with a sentence that names the first, and starts as soon as that closed', async () => {
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const database = await connect(databaseUrl);
  const first = await start(databaseUrl);
  await first.tpv();
  await expect(start(databaseUrl)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      /^A hub already runs on this PostgreSQL database \(version \S+ on \S+, since \d{4}-.+Z\): stop it first\.$/,
    ),
  });
  // The first one noticed nothing.
  expect((await first.message(1, 'Hola')).status).toBe(200);
  expect((await database.query('select 1 from hubs')).rows).toHaveLength(1);
  await first.close();
  expect((await database.query("select until from leases where name = 'only'")).rows).toEqual([{ until: '0' }]);
  const second = await start(databaseUrl);
  expect((await second.message(2, 'Hola')).status).toBe(200);
});

test('one that shares its database, and one that is alone, refuse each other', async () => {
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const shared = async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    return startHub({ databaseUrl, emulator, shared: SHARED });
  };
  const alone = await start(databaseUrl);
  await expect(shared()).rejects.toThrow(/^A hub already runs on this PostgreSQL database/);
  await alone.close();
  const member = await shared();
  await expect(start(databaseUrl)).rejects.toThrow(/^A hub already runs on this PostgreSQL database/);
  await member.close();
  await start(databaseUrl);
});

test('of two that start at once on an empty database one runs', async () => {
  const databaseUrl = await freshDatabase('postgres');
  const started = await Promise.allSettled([start(databaseUrl), start(databaseUrl)]);
  expect(started.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('one that was killed keeps the next waiting until its row has lapsed, and no longer', async () => {
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const database = await connect(databaseUrl);
  await database.query(`insert into hubs (id, name, version, state, started_at, until)
    values ('killed', 'old', '1', 'up', 1, ${NOW} + 1000)`);
  await database.query(`insert into leases (name, hub_id, term, until) values ('only', 'killed', 7, ${NOW} + 1000)`);
  await start(databaseUrl);
  const { rows } = await database.query(`select term, leases.until > ${NOW} - 3000 as renewed, hubs.name = 'old' as old
    from leases, hubs where leases.name = 'only'`);
  expect(rows).toEqual([{ term: '8', renewed: true, old: false }]);
});

test('one that stood still is told when another one took the database meanwhile, and else goes on', async () => {
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const database = await connect(databaseUrl);
  let lost = 0;
  const faults: unknown[] = [];
  const hub = new OnlyHub({
    url: databaseUrl,
    onFault: (error) => faults.push(error),
    onLost: () => {
      lost += 1;
    },
    level: 9_000,
    leaseMs: 900,
  });
  onTestFinished(() => hub.leave());
  await hub.enter();
  const holder = async () =>
    (await database.query("select hub_id, term, until from leases where name = 'only'")).rows[0];
  const { hub_id: id } = await holder();
  // It lapsed, and so did its row, but no other hub came.
  await database.query('with lapsed as (update leases set until = 1) delete from hubs');
  await vi.waitFor(async () => expect(Number((await holder()).until)).toBeGreaterThan(1), WAIT_MS);
  expect(lost).toBe(0);
  await database.query(`update leases set hub_id = 'another', term = term + 1, until = ${NOW} + 600000`);
  await vi.waitFor(() => expect(lost).toBe(1), WAIT_MS);
  expect((await holder()).hub_id).not.toBe(id);
  await hub.leave();
  // It leaves the other one's lease alone.
  expect(await holder()).toMatchObject({ hub_id: 'another' });
  expect(faults).toEqual([]);
});
