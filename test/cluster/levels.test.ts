import { type Kysely, sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { migrate, ownMigrations, programLevel } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import type { LevelledMigration, LevelledMigrations } from '../../src/db/schema-level.ts';
import { freshDatabase, SHARED, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

// Hubs of two versions on one PostgreSQL, as while they are upgraded one after the other.

const level = await programLevel();

/** The migrations of a newer program, which has this one beside the others. */
function newer(migration: LevelledMigration): LevelledMigrations {
  return { getMigrations: async () => ({ ...(await ownMigrations.getMigrations()), '9000-planted': migration }) };
}

/** As most migrations do: hubs that don't know the columns go on. */
const adds: LevelledMigration = {
  worksFrom: level,
  async up(db: Kysely<unknown>) {
    for (const table of ['tpv_instances', 'telegram_users', 'instructions', 'push_messages', 'api_keys']) {
      await db.schema.alterTable(table).addColumn('planted', 'text').execute();
    }
  },
};
const takesAway: LevelledMigration = {
  up: (db: Kysely<unknown>) => db.schema.alterTable('tpv_instances').dropColumn('endpoint_url').execute(),
};

async function shared() {
  const emulator = await startEmulator({ limits: false });
  onTestFinished(() => emulator.close());
  return { emulator, databaseUrl: await freshDatabase('postgres', 'migrated'), shared: SHARED };
}

test('a newer hub that adds to the tables leaves an older one at work, which may also start after it', async () => {
  const options = await shared();
  const older = await startHub(options);
  const tpv = await older.tpv();
  const socket = await tpv.socket();
  const use = async (hub: typeof older, updateId: number) => {
    expect((await hub.message(updateId, `${updateId}`)).status).toBe(200);
    const { instruction } = await socket.next('instruction');
    expect(instruction.payload.text).toBe(`${updateId}`);
    expect(await socket.report(instruction.id, 'completed', { text: 'hecho' })).toMatchObject({ ok: true });
    const pages = ['/api/admin/tpvs', '/api/admin/users', `/api/admin/instructions/${instruction.id}`, '/readyz'];
    const statuses = await Promise.all(pages.map(async (path) => (await hub.admin(path)).status));
    expect(statuses).toEqual([200, 200, 200, 200]);
  };
  // Their statements are prepared by then.
  await use(older, 1);
  const upgraded = await startHub({ ...options, migrations: newer(adds) });
  await use(older, 2);
  await use(upgraded, 3);
  const another = await startHub(options);
  await use(another, 4);
});

test('a newer hub does not take away what hubs that run need, and an older one does not start after it', async () => {
  const options = await shared();
  const older = await startHub(options);
  const upgrade = () => startHub({ ...options, migrations: newer(takesAway) });
  await expect(upgrade()).rejects.toThrow(/^This version changes .* \(version \S+ on \S+\): stop them first\.$/);
  expect((await older.fetch('/readyz')).status).toBe(200);
  await older.close();
  await upgrade();
  await expect(startHub(options)).rejects.toThrow(
    'The database is newer than this program (it has 9000-planted): install the version of the hub that wrote it',
  );
});

test('a hub that runs when it became too old for the database says so to its balancer', async () => {
  const hub = await startHub({ ...(await shared()), shared: { ...SHARED, onTooOld() {} } });
  const change = (min: number) =>
    hub.hub.db.transact((tx) =>
      sql`insert into settings values ('schema_min', ${String(min)}) on conflict (key) do update set value = excluded.value`.execute(
        tx.kysely,
      ),
    );
  await hub.hub.db.transact((tx) =>
    sql`insert into kysely_migration values ('9000-planted', '2026-11-29T00:00:00Z')`.execute(tx.kysely),
  );
  await change(level);
  expect(await hub.hub.problems()).toEqual([]);
  await change(9_000);
  await vi.waitFor(
    async () => expect((await hub.fetch('/readyz')).body.problems).toMatchObject([{ code: 'schema_newer' }]),
    WAIT_MS,
  );
});

test('a migration that meets a table in use is tried again, where other hubs are at work', async () => {
  const url = await freshDatabase('postgres', 'migrated');
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  let tries = 0;
  const up = async (tables: Kysely<unknown>) => {
    if (++tries < 3) throw Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
    const { rows } = await sql<{ lock_timeout: string }>`show lock_timeout`.execute(tables);
    expect(rows).toEqual([{ lock_timeout: '3s' }]);
  };
  const migrations = newer({ up });
  await expect(migrate(db, { migrations })).rejects.toThrow('The migration 9000-planted failed');
  expect(await migrate(db, { migrations, isShared: true })).toEqual(['9000-planted']);
  expect(tries).toBe(3);
});
