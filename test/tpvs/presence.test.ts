import { describe, expect, onTestFinished, test } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase, type Tx } from '../../src/db/open.ts';
import { Events, type HubEvent } from '../../src/events.ts';
import { Presence } from '../../src/tpvs/presence/presence.ts';
import { correctPresence } from '../../src/tpvs/presence/rows.ts';
import { REST_WINDOW_MS, SOCKET_OPEN } from '../../src/tpvs/presence/rule.ts';
import { offlineTold, untoldOffline } from '../../src/tpvs/presence/untold.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase } from '../support/hub.ts';
import { migrateUpTo } from '../support/older-database.ts';

const SECOND = 1_000;
const GRACE_MS = 15 * SECOND;
const DAY = 86_400_000;

/** A row of each id, never seen, in a database that tells what happens in it. */
async function withTpvs(dialect: DialectUnderTest, ids: readonly string[], clock: TestClock = testClock()) {
  const events = new Events((error) => {
    throw error;
  });
  const said: string[] = [];
  const note = (event: HubEvent) => {
    if ('tpvId' in event) said.push(`${event.type} ${event.tpvId}`);
  };
  events.on('tpv.online', note);
  events.on('tpv.offline', note);
  const url = await freshDatabase(dialect, 'migrated');
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' }, { events });
  onTestFinished(() => db.close());
  await db.transact(async (tx) => {
    for (const id of ids) {
      await tx.kysely.insertInto('tpv_instances').values(rowOf(id)).execute();
    }
  });
  const state = { draining: false };
  const options = { graceMs: GRACE_MS, isDraining: () => state.draining };
  /** What a hub that starts now knows. */
  const started = async () => {
    const presence = new Presence(db, clock, options);
    await presence.recover();
    return presence;
  };
  const row = (id: string) =>
    db.read
      .selectFrom('tpv_instances')
      .select(['id', 'transport', 'online_until', 'presence_since', 'offline_untold'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const isOnline = async (presence: Presence, id: string) => presence.isOnline(await row(id));
  /** Lets a second pass, with the tick at its end. */
  const tick = async (presence: Presence, ms = SECOND) => {
    await clock.advance(ms);
    await presence.settle();
  };
  return { db, clock, said, state, presence: await started(), started, row, isOnline, tick };
}

function rowOf(id: string) {
  const row = { id, name: id, join_code: id, last_heartbeat: null, endpoint_url: '', is_active: 1, max_users: 1 };
  return { ...row, version: '', metadata: jsonText({}), created_at: 0, deleted_at: null, approved_at: 0 };
}

const NEVER = { transport: null } as const;

describe.each(DIALECTS)('presence on %s', (dialect) => {
  test('a socket makes a TPV online at once, and offline when the grace after its close is over; each is said once', async () => {
    const { clock, said, presence, row, isOnline, tick } = await withTpvs(dialect, ['a', 'b']);
    const came = clock.now();
    const left = presence.connected('a');
    expect(await isOnline(presence, 'a')).toBe(true);
    await presence.settle();
    expect(await row('a')).toMatchObject({ transport: 'socket', online_until: SOCKET_OPEN, presence_since: came });
    await clock.jump(DAY);
    await presence.settle();
    const closed = clock.now();
    left('closed');
    left('closed');
    await tick(presence, GRACE_MS - 1);
    expect([await isOnline(presence, 'a'), said]).toEqual([true, ['tpv.online a']]);
    await tick(presence, 1);
    expect([await isOnline(presence, 'a'), said]).toEqual([false, ['tpv.online a', 'tpv.offline a']]);
    const since = closed + GRACE_MS;
    expect(await row('a')).toMatchObject({ online_until: null, presence_since: since, offline_untold: since });
    await tick(presence);
    expect(said).toHaveLength(2);
    expect(await row('b')).toMatchObject({ transport: null, online_until: null, presence_since: null });
  });

  test('a reconnect within the grace says nothing', async () => {
    const { said, presence, tick, isOnline, row } = await withTpvs(dialect, ['a']);
    const first = presence.connected('a');
    await tick(presence);
    first('closed');
    await tick(presence, GRACE_MS - 1);
    const second = presence.connected('a');
    await tick(presence, 10 * GRACE_MS);
    expect([await isOnline(presence, 'a'), said]).toEqual([true, ['tpv.online a']]);
    second('closed');
    // A newer socket that took its place counts, and not the older one's end.
    const third = presence.connected('a');
    await tick(presence, 10 * GRACE_MS);
    expect(said).toEqual(['tpv.online a']);
    expect(await row('a')).toMatchObject({ online_until: SOCKET_OPEN, offline_untold: null });
    third('closed');
  });

  test('the older of two sockets closes, and its TPV stays', async () => {
    const { said, presence, tick } = await withTpvs(dialect, ['a']);
    const older = presence.connected('a');
    presence.connected('a');
    older('closed');
    await tick(presence, 10 * GRACE_MS);
    expect(said).toEqual(['tpv.online a']);
  });

  test('one that fell silent has no grace besides', async () => {
    const { said, presence, isOnline, tick } = await withTpvs(dialect, ['a']);
    const left = presence.connected('a');
    await tick(presence);
    left('fell_silent');
    expect(await isOnline(presence, 'a')).toBe(false);
    await presence.settle();
    expect(said).toEqual(['tpv.online a', 'tpv.offline a']);
  });

  test('over REST each call keeps a TPV online for 300 s', async () => {
    const { clock, said, presence, row, isOnline, tick } = await withTpvs(dialect, ['a']);
    presence.heard({ id: 'a', ...NEVER }, 'called');
    await presence.settle();
    expect(await row('a')).toMatchObject({ transport: 'rest', online_until: clock.now() + REST_WINDOW_MS });
    await clock.jump(REST_WINDOW_MS - 1);
    presence.heard({ id: 'a', transport: 'rest' }, 'called');
    // The row follows with the heartbeats, and until then memory knows better.
    await tick(presence, 2);
    expect([await isOnline(presence, 'a'), said]).toEqual([true, ['tpv.online a']]);
    await presence.write();
    expect(await row('a')).toMatchObject({ online_until: clock.now() - 2 + REST_WINDOW_MS });
    await clock.jump(REST_WINDOW_MS - 3);
    await presence.settle();
    expect(said).toEqual(['tpv.online a']);
    await tick(presence, 1);
    expect([await isOnline(presence, 'a'), said]).toEqual([false, ['tpv.online a', 'tpv.offline a']]);
  });

  test('a TPV of a socket comes over REST by asking, and by no other call', async () => {
    const { said, presence, row, isOnline, tick } = await withTpvs(dialect, ['a']);
    const left = presence.connected('a');
    await tick(presence);
    left('closed');
    await tick(presence, GRACE_MS);
    expect(said).toEqual(['tpv.online a', 'tpv.offline a']);
    presence.heard({ id: 'a', transport: 'socket' }, 'called');
    await presence.write();
    await presence.settle();
    expect([await isOnline(presence, 'a'), said.length]).toEqual([false, 2]);
    expect(await row('a')).toMatchObject({ transport: 'socket', online_until: null });
    presence.heard({ id: 'a', transport: 'socket' }, 'asked');
    expect(await isOnline(presence, 'a')).toBe(true);
    await presence.settle();
    expect(said.slice(2)).toEqual(['tpv.online a']);
    expect(await row('a')).toMatchObject({ transport: 'rest', offline_untold: null });
  });

  test('who went offline stays untold until it is told, or is back', async () => {
    const { db, presence, tick } = await withTpvs(dialect, ['a', 'b']);
    const leave = ['a', 'b'].map((id) => presence.connected(id));
    await tick(presence);
    for (const left of leave) left('closed');
    await tick(presence, GRACE_MS);
    const untold = () => db.query(untoldOffline, { limit: 10 });
    const rows = await untold();
    expect(rows.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    const [a] = rows;
    await db.transact((tx) => offlineTold(tx, 'a', (a?.since ?? 0) - 1));
    expect(await untold()).toHaveLength(2);
    await db.transact((tx) => offlineTold(tx, 'a', a?.since ?? 0));
    expect((await untold()).map(({ id }) => id)).toEqual(['b']);
    presence.connected('b');
    await presence.settle();
    expect(await untold()).toEqual([]);
  });

  test('a TPV that is deleted goes without a word', async () => {
    const { db, said, presence, row, tick } = await withTpvs(dialect, ['a']);
    const left = presence.connected('a');
    await tick(presence);
    await db.transact((tx) => tx.kysely.updateTable('tpv_instances').set({ deleted_at: 1 }).execute());
    left('closed');
    await tick(presence, GRACE_MS);
    expect(said).toEqual(['tpv.online a']);
    expect(await row('a')).toMatchObject({ online_until: null, offline_untold: null });
  });

  test('1,200 TPVs come and go in a few commits, and none is left out', async () => {
    const ids = Array.from({ length: 1_200 }, (_, i) => `tpv-${i}`);
    const { said, presence, tick, db } = await withTpvs(dialect, ids);
    const leave = ids.map((id) => presence.connected(id));
    await tick(presence);
    expect(new Set(said).size).toBe(1_200);
    for (const left of leave) left('closed');
    await tick(presence, GRACE_MS);
    expect(new Set(said).size).toBe(2_400);
    expect(said).toHaveLength(2_400);
    expect(await db.query(untoldOffline, { limit: 2_000 })).toHaveLength(1_200);
  });

  describe('a hub that starts again', () => {
    test('gives who held a socket when it was killed 60 s, then says that it is gone', async () => {
      const { clock, said, presence, started, isOnline, tick, row } = await withTpvs(dialect, ['a', 'b']);
      for (const id of ['a', 'b']) presence.connected(id);
      await tick(presence);
      // It is killed here, and away for a day.
      await clock.jump(DAY);
      const next = await started();
      expect(await isOnline(next, 'a')).toBe(true);
      next.connected('b');
      await tick(next, 60 * SECOND - 1);
      expect(said).toEqual(['tpv.online a', 'tpv.online b']);
      await tick(next, 1);
      expect(said.slice(2)).toEqual(['tpv.offline a']);
      expect(await isOnline(next, 'b')).toBe(true);
      expect(await row('b')).toMatchObject({ online_until: SOCKET_OPEN });
    });

    test('keeps what was left of the grace of one that closed its own socket', async () => {
      const { said, presence, started, isOnline, tick } = await withTpvs(dialect, ['a']);
      const left = presence.connected('a');
      await tick(presence);
      left('closed');
      await tick(presence, 5 * SECOND);
      const next = await started();
      await tick(next, GRACE_MS - 5 * SECOND - 1);
      expect([await isOnline(next, 'a'), said.length]).toEqual([true, 1]);
      await tick(next, 1);
      expect([await isOnline(next, 'a'), said.slice(1)]).toEqual([false, ['tpv.offline a']]);
    });

    test('says no word of sockets that it closed itself to restart, for 60 s', async () => {
      const { said, state, presence, started, isOnline, tick } = await withTpvs(dialect, ['a']);
      const left = presence.connected('a');
      await tick(presence);
      state.draining = true;
      left('closed');
      await tick(presence, GRACE_MS);
      expect(await isOnline(presence, 'a')).toBe(true);
      state.draining = false;
      const next = await started();
      await tick(next, 60 * SECOND - 1);
      expect(said).toEqual(['tpv.online a']);
      await tick(next, 1);
      expect(said.slice(1)).toEqual(['tpv.offline a']);
    });

    test('gives who polls a moment to ask again, as it was not there to be asked', async () => {
      const { clock, said, presence, started, tick } = await withTpvs(dialect, ['a', 'b']);
      for (const id of ['a', 'b']) presence.heard({ id, ...NEVER }, 'asked');
      await presence.settle();
      await clock.jump(DAY);
      const next = await started();
      next.heard({ id: 'b', transport: 'rest' }, 'asked');
      await tick(next, 60 * SECOND);
      expect(said.slice(2)).toEqual(['tpv.offline a']);
    });

    test('says nothing again of who was told to be gone', async () => {
      const { said, presence, started, tick } = await withTpvs(dialect, ['a']);
      const left = presence.connected('a');
      await tick(presence);
      left('closed');
      await tick(presence, GRACE_MS);
      const next = await started();
      await tick(next, DAY);
      expect(said).toEqual(['tpv.online a', 'tpv.offline a']);
    });
  });

  test.each([-2 * DAY, 2 * DAY])('a clock set by %i ms leaves each row what it had left', async (byMs) => {
    const { db, clock, said, presence, row, tick, started } = await withTpvs(dialect, ['open', 'closed', 'polls']);
    presence.connected('open');
    const left = presence.connected('closed');
    presence.heard({ id: 'polls', ...NEVER }, 'asked');
    await tick(presence);
    left('closed');
    await tick(presence, 0);
    clock.correct(byMs);
    const now = clock.now();
    await db.transact((tx) => correctPresence(tx, { byMs, now }));
    expect((await row('open')).online_until).toBe(SOCKET_OPEN);
    expect((await row('closed')).online_until).toBe(now + GRACE_MS);
    expect((await row('polls')).online_until).toBe(now + REST_WINDOW_MS - SECOND);
    // By the rows alone.
    const next = await started();
    await tick(next, GRACE_MS - 1);
    expect(said).toHaveLength(3);
    await tick(next, 1);
    expect(said.slice(3)).toEqual(['tpv.offline closed']);
  });

  test('a row that lies far ahead is no sign of life, and is put right', async () => {
    const { db, clock, presence, row, isOnline } = await withTpvs(dialect, ['a']);
    const ahead = { online_until: clock.now() + DAY, presence_since: clock.now() + DAY };
    await db.transact((tx) => tx.kysely.updateTable('tpv_instances').set(ahead).execute());
    expect(await isOnline(presence, 'a')).toBe(false);
    await db.transact((tx) => correctPresence(tx, { byMs: 0, now: clock.now() }));
    const right = { online_until: clock.now() + REST_WINDOW_MS, presence_since: clock.now() };
    expect(await row('a')).toMatchObject(right);
  });

  test('the migration takes over who was online when the hub ran last, and tells nobody of the others', async () => {
    const url = await freshDatabase(dialect);
    const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
    onTestFinished(() => db.close());
    await migrateUpTo(db, '0012-open-presses');
    const last = 10 * DAY;
    const heard = { now: last, recently: last - REST_WINDOW_MS + 1, before: last - REST_WINDOW_MS, never: null };
    await db.transact(async (tx) => {
      for (const [id, last_heartbeat] of Object.entries(heard)) {
        await tx.kysely
          .insertInto('tpv_instances')
          .values({ ...rowOf(id), last_heartbeat })
          .execute();
      }
    });
    await migrate(db);
    const rows = await db.read
      .selectFrom('tpv_instances')
      .select(['id', 'transport', 'online_until', 'presence_since', 'offline_untold'])
      .execute();
    const none = { transport: null, offline_untold: null };
    expect(Object.fromEntries(rows.map(({ id, ...row }) => [id, row]))).toEqual({
      now: { ...none, online_until: last + REST_WINDOW_MS, presence_since: last },
      recently: { ...none, online_until: last + 1, presence_since: heard.recently },
      before: { ...none, online_until: null, presence_since: last },
      never: { ...none, online_until: null, presence_since: null },
    });
    // The index that the second's look takes, however many TPVs there are.
    const clock = testClock(last);
    const presence = new Presence(db, clock, { graceMs: GRACE_MS, isDraining: () => false });
    await clock.jump(REST_WINDOW_MS);
    await presence.settle();
    expect((await db.query(untoldOffline, { limit: 9 })).map(({ id }) => id)).toEqual(['recently', 'now']);
  });
});

test('a change waits for nobody who writes its TPV on PostgreSQL, and is written a second later', async () => {
  if (!DIALECTS.includes('postgres')) return;
  const { db, said, presence, row, tick } = await withTpvs('postgres', ['a', 'b']);
  const leave = ['a', 'b'].map((id) => presence.connected(id));
  await db.transact(async (tx) => {
    await tx.kysely.updateTable('tpv_instances').set({ user_count: 1 }).where('id', '=', 'b').execute();
    await presence.settle();
  });
  expect(said).toEqual(['tpv.online a']);
  await presence.settle();
  expect(said).toEqual(['tpv.online a', 'tpv.online b']);
  for (const left of leave) left('fell_silent');
  await tick(presence);
  expect(said.slice(2).sort()).toEqual(['tpv.offline a', 'tpv.offline b']);
  expect(await row('b')).toMatchObject({ online_until: null });
});

test('two transactions that see the same TPV come on PostgreSQL say it once, whichever writes it first', async () => {
  if (!DIALECTS.includes('postgres')) return;
  const { db, said, presence, row } = await withTpvs('postgres', ['a']);
  presence.connected('a');
  await db.transact(async (tx) => {
    let reads = 0;
    const run: Tx['run'] = async (statement, parameters) => {
      const rows = await tx.run(statement, parameters);
      // The tick of a second comes after this message's transaction has read the row, and before it writes it.
      if (++reads === 1) await presence.settle();
      return rows;
    };
    const between = new Proxy(tx, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name === 'run') return run;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await presence.keep(between, 'a');
  });
  await presence.settle();
  expect(said).toEqual(['tpv.online a']);
  expect(await row('a')).toMatchObject({ transport: 'socket', online_until: SOCKET_OPEN });
});
