import { type RawBuilder, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { PRESS_COMMAND } from '#protocol';
import type { FoundAlarm } from '../../src/alarms/alarm.ts';
import { keepAlarms, openAlarms } from '../../src/alarms/alarm-store.ts';
import { buildApp } from '../../src/api/app.ts';
import { documentApi } from '../../src/api/docs.ts';
import { drainInbox } from '../../src/assignment/move-person.ts';
import { beginToVacate, goOnVacating } from '../../src/assignment/vacate.ts';
import type { Database, Transact } from '../../src/db/open.ts';
import { PIECE_ROWS } from '../../src/db/windows.ts';
import { POLL_HOLDER } from '../../src/instructions/instruction.ts';
import { countsOf } from '../../src/instructions/instruction-counts.ts';
import { LONGEST_LISTED_RESPONSE } from '../../src/instructions/instruction-list.ts';
import { releaseSockets } from '../../src/instructions/release-sockets.ts';
import { sweepDue } from '../../src/instructions/sweep.ts';
import { addMinutes } from '../../src/observability/activity/activity-store.ts';
import { readBacklog } from '../../src/observability/backlog.ts';
import { pushRetention } from '../../src/push/push-retention.ts';
import { settleInterrupted, waitingChats } from '../../src/push/unfinished.ts';
import { Presence } from '../../src/tpvs/presence/presence.ts';
import { usersOfTpvByActivity } from '../../src/users/user.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { logsOf, testLog } from '../support/log.ts';

const FAR = 9e12;

/** A hub whose timers stand still, and rows that only SQL makes in no time. */
async function standing(database: (typeof DIALECTS)[number] = 'sqlite') {
  const clock = testClock();
  const hub = await startHub({ clock, database });
  const tpv = await hub.tpv({ max_users: 100_000 });
  return { hub, tpv, clock, db: hub.hub.db };
}

async function run(db: Database, statement: RawBuilder<unknown>): Promise<void> {
  await db.transact(async (tx) => {
    await statement.execute(tx.kysely);
  });
}

const numbers = (count: number) =>
  sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(count)})`;

/** Instructions `from` to `to` of a TPV. */
function instructions(count: number, tpvId: string, { status = 'pending', command = 'process_message' } = {}) {
  return sql`insert into instructions (id, tpv_id, telegram_user_id, command, payload, status, priority, created_at,
      expires_at, due_at)
    ${numbers(count)} select ${tpvId} || '-' || i, ${tpvId}, 5, ${command}, '{}', ${status}, 5, 1, ${sql.lit(FAR)},
      ${sql.lit(FAR)} from n`;
}

/** Messages to 700 chats. */
function waitingMessages(count: number) {
  return sql`insert into push_messages (id, chat_id, kind, text, parse_mode, data, disable_notification, status,
      created_at, queued_at, not_before)
    ${numbers(count)} select 'p' || i, 701 - i % 700, 'text', 'x', 'none', '{}', 0, 'pending', 1, 1, ${sql.lit(FAR)}
    from n`;
}

function persons(count: number, tpvId: string | null) {
  return sql`insert into telegram_users (telegram_id, first_name, last_name, language_code, is_active, tpv_id, created_at,
      last_interaction)
    ${numbers(count)} select 1000 + i, 'Ana', '', 'es', 1, cast(${tpvId} as text), 1, 1 from n`;
}

/** How often others get their turn while `work` goes on, and what it gives. */
async function turnsWhile<T>(work: () => Promise<T>): Promise<{ result: T; turns: number }> {
  let turns = 0;
  let working = true;
  const count = () => {
    turns++;
    if (working) setImmediate(count);
  };
  setImmediate(count);
  const result = await work();
  working = false;
  return { result, turns };
}

/** How many commits `work` makes. */
async function commitsOf(db: Database, work: (db: Database) => Promise<unknown>): Promise<number> {
  let commits = 0;
  const transact: Transact = (fn) => {
    commits++;
    return db.transact(fn);
  };
  await work(new Proxy(db, { get: (target, name) => (name === 'transact' ? transact : Reflect.get(target, name)) }));
  return commits;
}

describe('S30: what looks at many rows does it in pieces', () => {
  test('figures of a TPV are counted a bounded number at a time, each piece sought in the index', async () => {
    const { db, tpv } = await standing();
    await run(db, instructions(PIECE_ROWS * 2 + 7, tpv.id, { status: 'completed' }));
    await run(db, sql`update instructions set priority = 1 where seq % 10 = 0`);
    await run(db, sql`update instructions set status = 'failed' where seq <= 5`);
    const { result, turns } = await turnsWhile(() => countsOf(db, tpv.id));
    expect(result).toEqual({
      pending: 0,
      sent: 0,
      delivered: 0,
      processing: 0,
      completed: PIECE_ROWS * 2 + 2,
      failed: 5,
    });
    expect(turns).toBeGreaterThanOrEqual(4);
    const plan = await db.read
      .selectFrom('instructions')
      .select('seq')
      .where('tpv_id', '=', tpv.id)
      .where('status', '=', 'completed')
      .where('priority', '=', 5)
      .where('seq', '>', PIECE_ROWS)
      .orderBy('seq')
      .explain(undefined, sql`query plan`);
    expect(JSON.stringify(plan)).toContain('priority=? AND seq>?');
  });

  test('the backlog of thousands of TPVs leaves others their turn', async () => {
    const { db, tpv } = await standing();
    await run(
      db,
      sql`insert into tpv_instances (id, name, endpoint_url, is_active, max_users, version, metadata, join_code, created_at)
        ${numbers(2_500)} select 'many-' || i, 'Bar', '', 1, 1, '', '{}', 'code-' || i, 1 from n`,
    );
    await run(db, instructions(3, tpv.id));
    const { result, turns } = await turnsWhile(() => readBacklog(db, FAR, () => false));
    expect(result.tpvs[0]).toMatchObject({ id: tpv.id, pending: 3 });
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  test('the few inactive persons of a large TPV are found window by window, and all of them', async () => {
    const { db, tpv } = await standing();
    await run(db, persons(9_000, tpv.id));
    await run(db, sql`update telegram_users set is_active = 0 where telegram_id in (1001, 5000, 10000)`);
    const page = (after: number, limit: number) =>
      turnsWhile(() => usersOfTpvByActivity(db, { tpvId: tpv.id, after, limit, active: false }));
    const { result, turns } = await page(0, 100);
    expect(result.map(({ telegram_id: id }) => id)).toEqual([1001, 5000, 10_000]);
    expect(turns).toBeGreaterThanOrEqual(4);
    expect((await page(1001, 1)).result.map(({ telegram_id: id }) => id)).toEqual([5000]);
  });

  test('the retention looks at one page of messages, whatever their buttons', async () => {
    const { db, tpv } = await standing();
    await run(
      db,
      sql`insert into push_messages (id, tpv_id, chat_id, kind, text, parse_mode, data, disable_notification, status,
          created_at, queued_at)
        ${numbers(401)} select 'push-' || i, ${tpv.id}, 5, 'text', '', 'none', '{}', 0, 'sent', 1, 1 from n`,
    );
    await run(
      db,
      sql`insert into buttons (token, push_id, tpv_id, telegram_user_id, single_use, expires_at)
        ${numbers(400)} select 'token-' || i, 'push-' || i, ${tpv.id}, 5, 1, ${sql.lit(FAR)} from n`,
    );
    const expire = pushRetention(db);
    expect([await expire(1_000, FAR), await expire(1_000, FAR), await expire(1_000, FAR)]).toEqual([0, 0, 1]);
    // From the start again: a button that was pressed meanwhile protects no more.
    await run(db, sql`update buttons set settled_at = 1 where token = 'token-3'`);
    expect(await expire(1_000, FAR)).toBe(1);
  });

  test('a person’s page leaves out answers that only an instruction’s own page shows', async () => {
    const { hub, db, tpv } = await standing();
    await hub.message(1, 'una');
    await hub.message(2, 'dos');
    const long = JSON.stringify({ text: 'x'.repeat(LONGEST_LISTED_RESPONSE) });
    await run(db, sql`update instructions set status = 'completed', completed_at = created_at, response = '{"a":1}'`);
    await run(db, sql`update instructions set response = ${long} where update_id = 2`);
    const { body } = await hub.admin('/api/admin/users/1001/timeline');
    const reports = body.items.filter(({ kind }: { kind: string }) => kind === 'report');
    expect(reports.map(({ response }: { response: unknown }) => response).sort()).toEqual([{ a: 1 }, null]);
    const [row] = await db.read.selectFrom('instructions').select('id').where('update_id', '=', 2).execute();
    expect((await hub.admin(`/api/admin/instructions/${row?.id}`)).body.response.text).toHaveLength(
      LONGEST_LISTED_RESPONSE,
    );
    expect(tpv.id).toBeTypeOf('string');
  });

  test('the documentation is put together before the hub listens', async () => {
    const app = await buildApp({
      logs: logsOf(testLog()),
      trustProxy: 'loopback',
      elapsed: () => performance.now(),
      isCorsOrigin: () => false,
      socketPaths: [],
      wording: SPANISH,
    });
    let reads = 0;
    await documentApi(app, undefined);
    const schema = {
      get summary() {
        reads++;
        return 'A route';
      },
    };
    app.get('/api/route', { schema }, async () => ({}));
    await app.ready();
    const before = reads;
    expect(before).toBeGreaterThan(0);
    for (const path of ['/docs/json', '/docs/yaml']) {
      expect((await app.inject(path)).body).toContain('A route');
    }
    expect(reads).toBe(before);
    await app.close();
  });
});

describe.each(DIALECTS)('S30: what changes many rows does it in many commits, on %s', (database) => {
  test('a TPV gives back its persons and what is open, a few in each, and a process that ended in between goes on', async () => {
    const { hub, db, tpv } = await standing(database);
    await run(db, persons(450, tpv.id));
    await run(db, sql`update tpv_instances set user_count = 450`);
    await run(db, instructions(250, tpv.id));
    await run(db, sql`update instructions set status = 'sent', holder = 'poll' where seq % 2 = 0`);
    await run(db, sql`update instructions set command = ${PRESS_COMMAND} where seq % 10 = 1`);
    const before = await hub.admin(`/api/admin/tpvs/${tpv.id}`);
    expect(before.body.user_count).toBe(450);
    // The process ended right after it was stopped.
    await db.transact((tx) => beginToVacate(tx, tpv.id));
    expect(await commitsOf(db, (counted) => goOnVacating(counted))).toBe(3);
    const left = await db.read
      .selectFrom('telegram_users')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('tpv_id', 'is not', null)
      .executeTakeFirstOrThrow();
    expect(Number(left.count)).toBe(0);
    const rows = await db.read.selectFrom('instructions').select(['tpv_id', 'status', 'command', 'holder']).execute();
    expect(rows).toHaveLength(250);
    for (const row of rows) {
      if (row.command === PRESS_COMMAND) expect(row.tpv_id).toBe(tpv.id);
      else expect(row).toMatchObject({ tpv_id: null, status: 'pending', holder: null });
    }
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.user_count).toBe(0);
    expect(await commitsOf(db, (counted) => goOnVacating(counted))).toBe(0);
  });

  test('a TPV that is activated again meanwhile keeps the rest', async () => {
    const { hub, db, tpv } = await standing(database);
    await run(db, persons(3, tpv.id));
    await db.transact((tx) => beginToVacate(tx, tpv.id));
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate`, { method: 'POST', json: {} });
    await goOnVacating(db);
    const rows = await db.read.selectFrom('telegram_users').select('tpv_id').execute();
    expect(rows).toEqual([{ tpv_id: tpv.id }, { tpv_id: tpv.id }, { tpv_id: tpv.id }]);
  });

  test('heartbeats, minutes, what is due and the inbox are written some at a time', async () => {
    const { hub, db, tpv, clock } = await standing(database);
    const commits = (work: (db: Database) => Promise<unknown>) => commitsOf(db, work);
    expect(
      await commits((counted) => {
        const counting = new Presence(counted, clock, { graceMs: 15_000, isDraining: () => false });
        for (let i = 0; i < 1_200; i++) counting.heardSocket(`tpv-${i}`);
        return counting.write();
      }),
    ).toBe(3);
    const minute = { minute: 0, updates: 1, instructions: 0, completed: 0, failed: 0, pushes: 0, pushes_failed: 0 };
    const minutes = Array.from({ length: 1_001 }, (_, i) => ({
      ...minute,
      tpv_id: `t${i}`,
      p50_ms: null,
      p99_ms: null,
    }));
    const written: number[] = [];
    expect(await commits((counted) => addMinutes(counted, minutes, (few) => written.push(few.length)))).toBe(3);
    expect(written).toEqual([500, 500, 1]);
    await run(db, instructions(250, tpv.id));
    await run(db, sql`update instructions set due_at = 1, expires_at = 1`);
    const texts = { of: () => ({ unanswered: () => 'Nadie ha contestado.' }) };
    expect(
      await commits((counted) => sweepDue({ db: counted, texts, settings: { maxAttempts: 3 } }, clock.now())),
    ).toBe(3);
    expect(await failures(hub)).toBe(250);
    await run(db, persons(12, null));
    await run(
      db,
      sql`insert into instructions (id, telegram_user_id, command, payload, status, priority, created_at, expires_at, due_at)
        ${numbers(12)} select 'waits-' || i, 1000 + i, 'process_message', '{}', 'pending', 5, 1, ${sql.lit(FAR)},
          ${sql.lit(FAR)} from n`,
    );
    const assigning = { strategy: () => 'least_users' as const, isOnline: () => true, now: () => 0 };
    expect(await commits((counted) => drainInbox(counted, assigning, 50))).toBe(3);
    const unassigned = await db.read.selectFrom('instructions').select('id').where('tpv_id', 'is', null).execute();
    expect(unassigned).toEqual([]);
  });

  test('what sockets held when a hub ended is given back in pieces, and nothing else', async () => {
    const { db, tpv } = await standing(database);
    await run(db, instructions(3_000, tpv.id));
    // Many are due at the same moment.
    await run(db, sql`update instructions set status = 'sent', holder = 'a socket', due_at = 5 where seq % 2 = 0`);
    await run(db, sql`update instructions set status = 'sent', holder = ${POLL_HOLDER}, due_at = 6 where seq % 5 = 0`);
    expect(await commitsOf(db, releaseSockets)).toBe(2);
    const rows = await db.read
      .selectFrom('instructions')
      .select(['status', 'holder', 'due_at', (eb) => eb.fn.countAll<number>().as('count')])
      .groupBy(['status', 'holder', 'due_at'])
      .orderBy('status')
      .execute();
    expect(rows.map((row) => ({ ...row, count: Number(row.count) }))).toEqual([
      { status: 'pending', holder: null, due_at: FAR, count: 2_400 },
      { status: 'sent', holder: POLL_HOLDER, due_at: 6, count: 600 },
    ]);
  });

  test('messages that were on their way when a hub ended are settled in pieces, and no others', async () => {
    const { db } = await standing(database);
    await run(db, waitingMessages(4_500));
    await run(db, sql`update push_messages set status = 'sending' where id in ('p1', 'p2', 'p699')`);
    await run(db, sql`update push_messages set if_unknown = 'resend' where id in ('p2', 'p3')`);
    expect(await commitsOf(db, (counted) => settleInterrupted(counted))).toBe(2);
    const others = db.read.selectFrom('push_messages').select(['id', 'status', 'not_before', 'sent_again']);
    expect(await others.where('error_message', '!=', '').orderBy('id').execute()).toMatchObject([
      { id: 'p1', status: 'unknown', not_before: null },
      { id: 'p2', status: 'pending', not_before: FAR, sent_again: 1 },
      { id: 'p699', status: 'unknown', not_before: null },
    ]);
    expect(await others.where('status', '=', 'pending').where('sent_again', '=', 0).execute()).toHaveLength(4_497);
  });

  test('alarms of a town without power are kept and read in pieces', async () => {
    const { db } = await standing(database);
    const found = Array.from({ length: 2_300 }, (_, i): FoundAlarm => {
      const tpv = { id: `tpv ${i}`, name: '' };
      return { code: 'tpv_offline_with_users', severity: 'critical', since: 1, count: 1, tpv, detail: null };
    });
    const keep = (now: readonly FoundAlarm[]) =>
      commitsOf(db, (counted) => keepAlarms(counted, { found: now, unsure: new Set() }, 5));
    expect(await keep(found)).toBe(12);
    const { result, turns } = await turnsWhile(() => openAlarms(db));
    expect(new Set(result.map(({ tpv }) => tpv?.id)).size).toBe(2_300);
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(await keep(found)).toBe(0);
    expect(await keep([])).toBe(12);
    expect(await openAlarms(db)).toEqual([]);
  });

  test('chats in which messages wait are read in pieces, the one that waits longest first', async () => {
    const { db } = await standing(database);
    await run(db, waitingMessages(4_500));
    await run(db, sql`update push_messages set not_before = null, status = 'sent' where chat_id = 8`);
    const chats = await waitingChats(db);
    const all = Array.from({ length: 700 }, (_, i) => 701 - ((i + 1) % 700));
    expect(chats.map((row) => row.chat_id)).toEqual(all.filter((chat) => chat !== 8));
  });
});

async function failures({ hub }: TestHub): Promise<number> {
  const rows = await hub.db.read.selectFrom('instructions').select('id').where('status', '=', 'failed').execute();
  return rows.length;
}
