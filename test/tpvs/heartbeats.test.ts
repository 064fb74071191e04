import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { jsonText } from '../../src/db/json-text.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { Presence } from '../../src/tpvs/presence/presence.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase } from '../support/hub.ts';

const MINUTE = 60_000;

async function withTpvs(dialect: DialectUnderTest, heartbeats: Record<string, number | null>): Promise<Database> {
  const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect, 'migrated'), DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  await db.transact(async (tx) => {
    for (const [id, last_heartbeat] of Object.entries(heartbeats)) {
      const row = { id, name: id, join_code: id, last_heartbeat, endpoint_url: '', is_active: 1, max_users: 1 };
      const more = { version: '', metadata: jsonText({}), created_at: 0, deleted_at: null, approved_at: 0 };
      await tx.kysely
        .insertInto('tpv_instances')
        .values({ ...row, ...more })
        .execute();
    }
  });
  return db;
}

function presenceOn(db: Database, clock: Clock): Presence {
  return new Presence(db, clock, { graceMs: 15_000, isDraining: () => false });
}

async function written(db: Database): Promise<Record<string, number | null>> {
  const rows = await db.read.selectFrom('tpv_instances').select(['id', 'last_heartbeat']).orderBy('id').execute();
  return Object.fromEntries(rows.map((row) => [row.id, row.last_heartbeat]));
}

/** The database, and how many statements each of its transactions ran. */
function counting(db: Database): { db: Database; statements: number[] } {
  const statements: number[] = [];
  const transact: Database['transact'] = (fn, options) =>
    db.transact((tx) => {
      let ran = 0;
      const run: typeof tx.run = (statement, parameters) => {
        ran++;
        return tx.run(statement, parameters);
      };
      tx.afterCommit(() => statements.push(ran));
      return fn({ ...tx, run });
    }, options);
  return { db: { ...db, transact }, statements };
}

describe.each(DIALECTS)('heartbeats on %s', (dialect) => {
  test('each TPV’s is written, of those who were heard alone', async () => {
    const db = await withTpvs(dialect, { a: null, b: null, 'c"': 5, d: 7 });
    const clock = testClock();
    const presence = presenceOn(db, clock);
    const began = clock.now();
    presence.heardSocket('c"');
    await clock.advance(MINUTE);
    presence.heardSocket('a');
    presence.heardSocket('gone');
    await presence.write();
    expect(await written(db)).toEqual({ a: began + MINUTE, b: null, 'c"': began, d: 7 });
  });

  test('a newer one that another process wrote stays', async () => {
    const clock = testClock();
    const newer = clock.now() + 1;
    const db = await withTpvs(dialect, { a: newer, b: clock.now() - 1 });
    const presence = presenceOn(db, clock);
    for (const id of ['a', 'b']) presence.heardSocket(id);
    await presence.write();
    expect(await written(db)).toEqual({ a: newer, b: clock.now() });
  });

  test('one that lies far ahead is no newer one: the clock was wrong when it was written', async () => {
    const clock = testClock();
    const db = await withTpvs(dialect, { a: clock.now() + 60 * MINUTE });
    const presence = presenceOn(db, clock);
    presence.heardSocket('a');
    await presence.write();
    expect(await written(db)).toEqual({ a: clock.now() });
  });

  test('those of 1,200 TPVs are three statements, and none is left out', async () => {
    const ids = Array.from({ length: 1_200 }, (_, i) => `tpv-${i}`);
    const real = await withTpvs(dialect, Object.fromEntries(ids.map((id) => [id, null])));
    const clock = testClock();
    const { db, statements } = counting(real);
    const presence = presenceOn(db, clock);
    for (const id of ids) presence.heardSocket(id);
    await presence.write();
    expect(statements).toEqual([1, 1, 1]);
    expect(Object.values(await written(real))).toEqual(ids.map(() => clock.now()));
  });
});

test('a heartbeat waits for nobody who writes its TPV on PostgreSQL, and those of others are written', async () => {
  const db = await withTpvs('postgres', { a: null, b: 5, c: null });
  const clock = testClock();
  const presence = presenceOn(db, clock);
  for (const id of ['a', 'b', 'c']) presence.heardSocket(id);
  await db.transact(async (tx) => {
    await tx.kysely.updateTable('tpv_instances').set({ user_count: 1 }).where('id', '=', 'b').execute();
    await presence.write();
  });
  expect(await written(db)).toEqual({ a: clock.now(), b: 5, c: clock.now() });
  presence.heardSocket('b');
  await presence.write();
  expect(await written(db)).toMatchObject({ b: clock.now() });
});
