import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { Events } from '../../src/events.ts';
import { Activity } from '../../src/observability/activity/activity.ts';
import { LastMinute } from '../../src/observability/activity/activity-counts.ts';
import { Latencies } from '../../src/observability/activity/latencies.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, freshDatabase } from '../support/hub.ts';

const MINUTE_MS = 60_000;
const START = Date.UTC(2025, 10, 9, 10, 30);

async function database(dialect: (typeof DIALECTS)[number]): Promise<Database> {
  const db = openDatabase({ DATABASE_URL: await freshDatabase(dialect), DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  await migrate(db);
  return db;
}

function start(db: Database, clock: TestClock = testClock(START)) {
  const events = new Events(() => {});
  const faults: unknown[] = [];
  const activity = new Activity({
    db,
    clock,
    events,
    corrections: { aheadMs: () => 0 },
    onFault: (error) => faults.push(error),
  });
  const stored = (tpvId: string | null) => events.emit({ type: 'instruction.stored', id: 'x', tpvId, userId: 1 });
  const reported = (tpvId: string, status: 'delivered' | 'completed' | 'failed', waitedMs?: number) =>
    events.emit({
      type: 'instruction.reported',
      id: 'x',
      tpvId,
      userId: 1,
      status,
      holder: 'poll',
      ageMs: 0,
      waitedMs,
    });
  const settled = (tpvId: string | null, status: 'sent' | 'failed' | 'unknown') =>
    events.emit({ type: 'push.settled', id: 'x', tpvId, status, idempotencyKey: null, attempts: 1, ms: 0 });
  const updated = () => events.emit({ type: 'update.received', kind: 'message', outcome: 'instruction' });
  return { activity, clock, events, faults, updated, stored, reported, settled };
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('what happens is counted minute by minute, for the hub and each TPV, and gaps are zeros', async () => {
    const db = await database(dialect);
    const { activity, clock, updated, stored, reported, settled } = start(db);
    updated();
    stored('one');
    stored(null);
    reported('one', 'delivered', 20);
    reported('one', 'completed');
    settled('one', 'sent');
    settled(null, 'unknown');
    await clock.advance(3 * MINUTE_MS);
    stored('two');
    reported('two', 'failed', 100);
    const hub = await activity.history(5);
    expect(hub).toEqual({
      from: START - MINUTE_MS,
      counts: {
        updates: [0, 1, 0, 0, 0],
        instructions: [0, 2, 0, 0, 1],
        completed: [0, 1, 0, 0, 0],
        failed: [0, 0, 0, 0, 1],
        pushes: [0, 1, 0, 0, 0],
        pushes_failed: [0, 1, 0, 0, 0],
      },
      p50_ms: [null, 20, null, null, expect.closeTo(100, -1)],
      p99_ms: [null, 20, null, null, expect.closeTo(100, -1)],
    });
    const one = await activity.history(4, 'one');
    expect(one.counts).toMatchObject({ instructions: [1, 0, 0, 0], pushes: [1, 0, 0, 0], pushes_failed: [0, 0, 0, 0] });
    expect((await activity.history(4, 'two')).counts.failed).toEqual([0, 0, 0, 1]);
    expect((await activity.history(4, 'three')).counts.failed).toEqual([0, 0, 0, 0]);
    await activity.stop();
  });

  test('a restart goes on with the minute that ran, and two processes add up', async () => {
    const db = await database(dialect);
    const first = start(db);
    first.stored('one');
    first.reported('one', 'delivered', 1_000);
    await first.activity.stop();
    const second = start(db);
    second.stored('one');
    second.reported('one', 'delivered', 10);
    expect((await second.activity.history(1, 'one')).counts.instructions).toEqual([2]);
    await second.activity.stop();
    const third = start(db);
    const { counts, p99_ms } = await third.activity.history(1, 'one');
    expect(counts.instructions).toEqual([2]);
    expect(p99_ms[0]).toBeGreaterThan(950);
    await third.activity.stop();
  });

  test('two days are kept, and no more', async () => {
    const db = await database(dialect);
    const { activity, clock, stored } = start(db);
    stored('one');
    await clock.advance(MINUTE_MS);
    await clock.jump(48 * 60 * MINUTE_MS);
    stored('one');
    await clock.jump(MINUTE_MS);
    await activity.stop();
    const rows = await db.read.selectFrom('activity').select(['minute', 'tpv_id']).orderBy('minute').execute();
    expect(new Set(rows.map(({ minute }) => minute)).size).toBe(1);
    expect(rows.map(({ tpv_id: id }) => id).sort()).toEqual(['', 'one']);
  });
});

test('while the database is away nothing is lost, and it is written once', async () => {
  const db = await database('sqlite');
  let away = true;
  const transact: Database['transact'] = (fn) =>
    away ? Promise.reject(new Error('the database is away')) : db.transact(fn);
  const { activity, clock, stored, faults } = start({ ...db, transact });
  stored('one');
  await clock.advance(MINUTE_MS);
  stored('one');
  await clock.advance(MINUTE_MS);
  expect(faults).toHaveLength(2);
  expect((await activity.history(3, 'one')).counts.instructions).toEqual([1, 1, 0]);
  away = false;
  await clock.advance(MINUTE_MS);
  await activity.stop();
  const rows = await db.read.selectFrom('activity').select('instructions').where('tpv_id', '=', 'one').execute();
  expect(rows).toEqual([{ instructions: 1 }, { instructions: 1 }]);
});

test('what is written down while it is read is counted once', async () => {
  const db = await database('sqlite');
  let meanwhile = async () => {};
  const query: Database['query'] = async (statement, parameters) => {
    const rows = await db.query(statement, parameters);
    await meanwhile();
    return rows;
  };
  const { activity, clock, reported } = start({ ...db, query });
  for (let i = 0; i < 3; i++) reported('one', 'failed');
  const minuteEnds = async () => {
    meanwhile = async () => {};
    await clock.advance(MINUTE_MS);
  };
  meanwhile = minuteEnds;
  expect((await activity.history(2, 'one')).counts.failed).toEqual([0, 3]);
  for (let i = 0; i < 3; i++) reported('two', 'failed');
  meanwhile = minuteEnds;
  expect(await activity.failing(1)).toEqual([{ tpvId: 'two', failed: 3 }]);
  await activity.stop();
});

test('the last minute slides second by second', async () => {
  const seconds = new LastMinute(100);
  seconds.current.updates = 5;
  seconds.moveTo(101);
  seconds.current.updates = 2;
  expect(seconds.sum().updates).toBe(7);
  expect(seconds.sum(1).updates).toBe(2);
  seconds.moveTo(159);
  expect(seconds.sum().updates).toBe(7);
  seconds.moveTo(160);
  expect(seconds.sum().updates).toBe(2);
  // A clock that was set back changes nothing, and one that sleeps leaves nothing behind.
  seconds.moveTo(10);
  expect(seconds.sum().updates).toBe(2);
  seconds.moveTo(10_000);
  expect(seconds.sum().updates).toBe(0);
});

test('percentiles are right to within a thirtieth, from a millisecond to a day', () => {
  const latencies = new Latencies();
  expect(latencies.percentile(0.5)).toBeUndefined();
  const times = Array.from({ length: 5_000 }, (_, i) => Math.round(1.0037 ** i) % 86_400_000);
  for (const ms of times) latencies.add(ms);
  times.sort((a, b) => a - b);
  for (const part of [0.01, 0.25, 0.5, 0.9, 0.99, 1]) {
    const exact = times[Math.ceil(times.length * part) - 1] ?? 0;
    expect(Math.abs((latencies.percentile(part) ?? -1) - exact)).toBeLessThanOrEqual(exact / 30 + 0.5);
  }
  for (const odd of [-5, Number.MAX_SAFE_INTEGER]) latencies.add(odd);
  expect(latencies.count).toBe(5_002);
  const both = new Latencies();
  both.merge(latencies);
  both.merge(latencies);
  expect([both.count, both.percentile(0.5)]).toEqual([10_004, latencies.percentile(0.5)]);
});

test('the slowest of a few is their 99th percentile, and the middle one their median', () => {
  const few = new Latencies();
  for (const ms of [3, 14, 7]) few.add(ms);
  expect([few.percentile(0.5), few.percentile(0.99)]).toEqual([7, 14]);
});

test('delivery is told over the last minutes', async () => {
  const db = await database('sqlite');
  const { activity, clock, reported } = start(db);
  expect(activity.delivery()).toEqual({ p50: undefined, p99: undefined, windowSeconds: 300 });
  for (let i = 0; i < 99; i++) reported('one', 'delivered', 10);
  reported('one', 'delivered', 2_000);
  expect(activity.delivery().p50).toBe(10);
  await clock.advance(5 * MINUTE_MS);
  expect(activity.delivery().p50).toBe(10);
  await clock.advance(MINUTE_MS);
  expect(activity.delivery().p50).toBeUndefined();
  await activity.stop();
});
