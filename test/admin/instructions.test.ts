import { describe, expect, test, vi } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { buttonScene } from '../support/buttons.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { auditOf, changesOf, everyItem } from '../support/pages.ts';
import { instructionsOf, privateMessage } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const HOUR = 3_600_000;
const post = (json: unknown = {}) => ({ method: 'POST', json });
const textsOf = (items: { excerpt: string }[]) => items.map((item) => item.excerpt);
const list = async (hub: TestHub, query = '', limit = 2) =>
  textsOf(await everyItem(hub, `/api/admin/instructions?${query}`, limit));
const detail = async (hub: TestHub, id: string) => (await hub.admin(`/api/admin/instructions/${id}`)).body;

/** Fetches the TPV's next instruction and reports on it. */
async function settle(tpv: TestTpv, report: Record<string, unknown>): Promise<string> {
  const [{ id }] = (await tpv.fetch('/api/tpv/instructions/?limit=1')).body.instructions;
  expect((await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: report })).status).toBe(200);
  return id;
}

describe.each(DIALECTS)('on %s', (database) => {
  test('the list has the newest first, and every filter alone and together with others', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { ROUTING_STRATEGY: 'specific' } });
    const [one, two] = [await hub.tpv({ name: 'Uno' }), await hub.tpv({ name: 'Dos' })];
    const say = async (id: number, text: string, from: number) => {
      await hub.message(id, text, from);
      await clock.jump(HOUR);
    };
    await say(1, 'Menú del día', 41);
    await say(2, 'menu infantil', 42);
    await say(3, '100% café', 43);
    await hub.admin('/api/admin/users/41/tpv', { method: 'PUT', json: { tpv_id: one.id } });
    await hub.admin('/api/admin/users/42/tpv', { method: 'PUT', json: { tpv_id: two.id } });
    await settle(one, { status: 'completed', response: { ok: true } });
    await settle(two, { status: 'failed', error_message: 'sin papel' });
    await say(4, 'otro "MENÚ"', 41);
    await say(5, 'a_b\\c', 42);

    const everything = ['a_b\\c', 'otro "MENÚ"', '100% café', 'menu infantil', 'Menú del día'];
    for (const limit of [1, 2, 200]) expect(await list(hub, '', limit)).toEqual(everything);
    expect(await list(hub, `tpv_id=${one.id}`)).toEqual(['otro "MENÚ"', 'Menú del día']);
    expect(await list(hub, 'telegram_user_id=42')).toEqual(['a_b\\c', 'menu infantil']);
    expect(await list(hub, 'status=failed')).toEqual(['menu infantil']);
    expect(await list(hub, 'status=completed')).toEqual(['Menú del día']);
    expect(await list(hub, 'status=pending')).toEqual(['a_b\\c', 'otro "MENÚ"', '100% café']);
    expect(await list(hub, `status=pending&tpv_id=${one.id}`)).toEqual(['otro "MENÚ"']);
    expect(await list(hub, `status=failed&tpv_id=${one.id}`)).toEqual([]);
    expect(await list(hub, 'status=failed&telegram_user_id=42')).toEqual(['menu infantil']);
    expect(await list(hub, 'command=process_callback')).toEqual([]);
    expect(await list(hub, 'command=process_message&status=failed')).toEqual(['menu infantil']);

    expect(await list(hub, 'text=menu')).toEqual(['otro "MENÚ"', 'menu infantil', 'Menú del día']);
    expect(await list(hub, `text=${encodeURIComponent('MENÚ')}`)).toHaveLength(3);
    expect(await list(hub, `text=${encodeURIComponent('"menú"')}`)).toEqual(['otro "MENÚ"']);
    expect(await list(hub, 'text=cafe')).toEqual(['100% café']);
    expect(await list(hub, 'text=%25')).toEqual(['100% café']);
    expect(await list(hub, 'text=_')).toEqual(['a_b\\c']);
    expect(await list(hub, `text=${encodeURIComponent('b\\c')}`)).toEqual(['a_b\\c']);
    // Field names and names of people stand in the payload too, and are not what anybody wrote.
    expect(await list(hub, 'text=first_name')).toEqual([]);
    expect(await list(hub, `text=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
    // A whole id is its instruction alone, whatever else is filtered.
    const [{ id }] = (await hub.admin('/api/admin/instructions?status=failed')).body.items;
    expect(await list(hub, `text=${id.toUpperCase()}`)).toEqual(['menu infantil']);
    expect(await list(hub, `text=${id}&tpv_id=${two.id}`)).toEqual(['menu infantil']);
    expect(await list(hub, `text=${id}&tpv_id=${one.id}`)).toEqual([]);
    expect(await list(hub, `text=${one.id}`)).toEqual([]);

    const oldest = everything.toReversed();
    for (const limit of [1, 2, 200]) expect(await list(hub, 'order=oldest', limit)).toEqual(oldest);
    expect(await list(hub, 'order=oldest&status=pending', 1)).toEqual(['100% café', 'otro "MENÚ"', 'a_b\\c']);
    expect(await list(hub, 'order=oldest&text=menu', 2)).toEqual(['Menú del día', 'menu infantil', 'otro "MENÚ"']);
    expect(await list(hub, `order=oldest&tpv_id=${one.id}`, 1)).toEqual(['Menú del día', 'otro "MENÚ"']);

    const at = (hours: number) =>
      encodeURIComponent(new Date(Date.UTC(2025, 10, 9, 10, 30) + hours * HOUR).toISOString());
    expect(await list(hub, `from=${at(2)}`)).toEqual(['a_b\\c', 'otro "MENÚ"', '100% café']);
    expect(await list(hub, `to=${at(2)}`)).toEqual(['menu infantil', 'Menú del día']);
    expect(await list(hub, `from=${at(1)}&to=${at(3)}&text=menu`)).toEqual(['menu infantil']);
    expect(await list(hub, `from=${at(1)}&tpv_id=${one.id}`)).toEqual(['otro "MENÚ"']);
    expect(await list(hub, `from=${at(9)}`)).toEqual([]);
    expect(await list(hub, `order=oldest&from=${at(2)}`, 1)).toEqual(['100% café', 'otro "MENÚ"', 'a_b\\c']);
    expect(await list(hub, `order=oldest&to=${at(2)}`, 1)).toEqual(['Menú del día', 'menu infantil']);
    expect(await list(hub, `order=oldest&from=${at(1)}&to=${at(3)}`, 1)).toEqual(['menu infantil', '100% café']);
    expect(await list(hub, `from=${encodeURIComponent('2025-11-09T13:30:00+01:00')}&to=${at(3)}`)).toEqual([
      '100% café',
    ]);
  });

  test('a query that is none is refused with its place', async () => {
    const hub = await startHub({ database });
    for (const query of [
      'status=foo',
      'tpv_id=x',
      'telegram_user_id=x',
      'from=ayer',
      'to=1',
      'text=',
      'cursor=WyJhIl0',
      'page=2',
    ]) {
      const { status, body } = await hub.admin(`/api/admin/instructions?${query}`);
      expect([query, status, body.details?.[0]?.path]).toEqual([query, 400, query.split('=')[0]]);
    }
    for (const seq of [-1, 0, 2 ** 53 - 1, -(2 ** 53) + 1]) {
      const cursor = Buffer.from(JSON.stringify([seq])).toString('base64url');
      const { status, body } = await hub.admin(`/api/admin/instructions?cursor=${cursor}`);
      expect([status, body]).toEqual([200, { items: [], next: null }]);
    }
    for (const id of ['x', crypto.randomUUID(), "'--", '%00']) {
      expect((await hub.admin(`/api/admin/instructions/${encodeURIComponent(id)}`)).status).toBe(404);
    }
  });

  test('an instruction’s story goes from the person to the answer, with the time between the steps', async () => {
    const clock = testClock(Date.UTC(2025, 10, 9, 10, 30, 2));
    const hub = await startHub({ database, clock });
    const tpv = await hub.tpv();
    const date = Date.UTC(2025, 10, 9, 10, 30) / 1_000;
    await hub.update(privateMessage(7, { text: 'Hola', date }, { id: 42, last_name: '<i>X</i>' }));
    await clock.jump(500);
    const [{ id }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
    const report = (json: unknown) => tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json });
    await clock.jump(250);
    await report({ status: 'delivered' });
    expect(await detail(hub, id)).toMatchObject({
      status: 'delivered',
      holder: 'poll',
      waits: { code: 'being_worked_on' },
    });
    await clock.jump(4_000);
    await report({ status: 'completed', response: [1, null] });
    expect(await detail(hub, id)).toMatchObject({
      user: { telegram_id: 42, name: 'Ana <i>X</i>' },
      status: 'completed',
      payload: { text: 'Hola' },
      response: [1, null],
      holder: null,
      waits: null,
      allowed: ['retry'],
      steps: [
        { step: 'written', at: '2025-11-09T10:30:00.000Z', after_ms: null },
        { step: 'received', at: '2025-11-09T10:30:02.000Z', after_ms: 2_000 },
        { step: 'stored', after_ms: 0 },
        { step: 'handed_out', after_ms: 500 },
        { step: 'delivered', after_ms: 250 },
        { step: 'completed', at: '2025-11-09T10:30:06.750Z', after_ms: 4_000 },
      ],
    });
  });

  test('says why an instruction waits, from the inbox to the TPV', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const tpv = await hub.tpv();
    for (const id of [1, 2, 3]) await hub.message(id, `mensaje ${id}`, 42);
    const [first, second, third] = (await instructionsOf(hub)).map(({ id }) => id);
    const why = async (id = '') => (await detail(hub, id)).waits;
    expect(await why(first)).toMatchObject({ code: 'unassigned' });
    await hub.admin('/api/admin/users/42/tpv', { method: 'PUT', json: { tpv_id: tpv.id } });
    expect(await why(first)).toMatchObject({ code: 'tpv_offline', since: null });
    await tpv.fetch('/api/tpv/heartbeat/', { method: 'POST' });
    expect(await why(first)).toMatchObject({ code: 'tpv_not_polling', since: null });
    await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate`, post());
    expect(await why(first)).toMatchObject({ code: 'tpv_inactive' });
    await hub.admin(`/api/admin/tpvs/${tpv.id}/activate`, post());
    const socket = await tpv.socket({ maxInFlight: 2 });
    // What the window before `flow` let out comes back to the same socket, or stays there.
    await socket.sync();
    await vi.waitFor(async () => expect((await why(first))?.code).toBe('handed_out'), WAIT_MS);
    expect(await why(first)).toMatchObject({ attempt: 1, max_attempts: 5, until: expect.any(String) });
    expect(await why(second)).toMatchObject({ code: 'earlier_one_in_flight', instruction_id: first });
    await socket.report(first ?? '', 'processing');
    expect(await why(first)).toMatchObject({ code: 'being_worked_on' });
    await socket.report(first ?? '', 'completed');
    expect(await why(first)).toBeNull();
    await vi.waitFor(
      async () => expect(await why(third)).toMatchObject({ code: 'earlier_one_in_flight', instruction_id: second }),
      WAIT_MS,
    );
  });

  test('a full window is a reason too', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket({ maxInFlight: 1 });
    await socket.sync();
    await hub.message(1, 'uno', 41);
    await hub.message(2, 'dos', 42);
    const [, second] = await instructionsOf(hub);
    expect((await detail(hub, second?.id ?? '')).waits).toMatchObject({
      code: 'window_full',
      in_flight: 1,
      max_in_flight: 1,
    });
  });

  test('a retry is a new instruction with the same words, files and all its time, for who attends the person now', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const [before, after] = [await hub.tpv({ max_users: 1 }), await hub.tpv({ max_users: 1 })];
    const document = { file_id: 'un-fichero', file_unique_id: 'x', file_name: 'carta.pdf' };
    await hub.update(privateMessage(1, { caption: 'La carta', document }, { id: 42 }));
    const [row] = await instructionsOf(hub);
    const [holder, other] = row?.tpv_id === before.id ? [before, after] : [after, before];
    const id = await settle(holder, { status: 'failed', error_message: 'sin papel' });
    await hub.admin('/api/admin/users/42/tpv', { method: 'PUT', json: { tpv_id: other.id } });
    await clock.jump(HOUR);
    const heard = changesOf(hub);
    const { status, body } = await hub.admin(`/api/admin/instructions/${id}/retry`, post());
    expect(status).toBe(201);
    expect(body.instruction_id).not.toBe(id);
    const [again] = (await other.fetch('/api/tpv/instructions/')).body.instructions;
    expect(again).toMatchObject({
      id: body.instruction_id,
      payload: { text: 'La carta' },
      retry_count: 0,
      expires_at: '2025-11-10T11:30:00.000Z',
    });
    expect(await detail(hub, id)).toMatchObject({ status: 'failed', error_message: 'sin papel' });
    // It came from an administrator, not from an update.
    expect((await detail(hub, again.id)).steps.map(({ step }: { step: string }) => step)).toEqual([
      'stored',
      'handed_out',
    ]);
    const files = await hub.hub.db.read.selectFrom('instruction_files').selectAll().execute();
    expect(files.map((file) => [file.instruction_id, file.file_id])).toEqual(
      expect.arrayContaining([
        [id, 'un-fichero'],
        [again.id, 'un-fichero'],
      ]),
    );
    expect(heard).toContain(`instruction ${again.id}`);
    const details = { instruction_id: again.id };
    expect((await auditOf(hub)).at(-1)).toMatchObject({ action: 'instruction.retry', id, details });
  });

  test('a retried instruction and its retry name each other, and it is not retried twice', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola', 42);
    const id = await settle(tpv, { status: 'failed' });
    expect(await detail(hub, id)).toMatchObject({ retry_of: null, retried_as: null, allowed: ['retry'] });
    const retry = (of: string) => hub.admin(`/api/admin/instructions/${of}/retry`, post());
    const both = await Promise.all([retry(id), retry(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const again = both.find(({ status }) => status === 201)?.body.instruction_id;
    expect(await instructionsOf(hub)).toHaveLength(2);
    expect(await detail(hub, id)).toMatchObject({ retried_as: again, allowed: [] });
    expect(await detail(hub, again)).toMatchObject({ retry_of: id, retried_as: null });
    const items = (await hub.admin('/api/admin/instructions')).body.items;
    expect(items).toMatchObject([
      { id: again, retry_of: id },
      { id, retried_as: again },
    ]);
    // What became of the retry can be retried itself.
    expect(await settle(tpv, { status: 'failed' })).toBe(again);
    expect((await retry(again)).status).toBe(201);
  });

  test('what was completed is retried one by one, and never with many', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const id of [1, 2]) await hub.message(id, `mensaje ${id}`, 42);
    const done = await settle(tpv, { status: 'completed' });
    const failed = await settle(tpv, { status: 'failed' });
    const json = { action: 'retry', ids: [done, failed] };
    const expected = { count: 1, by_status: { failed: 1 }, skipped: [{ id: done, reason: 'completed' }] };
    const bulk = (preview: boolean) => hub.admin('/api/admin/instructions/bulk', post({ ...json, preview }));
    expect((await bulk(true)).body).toEqual(expected);
    expect((await bulk(false)).body).toEqual(expected);
    expect((await hub.admin(`/api/admin/instructions/${done}/retry`, post())).status).toBe(201);
  });

  test('a cancelled instruction ends for good: its TPV stops, and the person is told nothing', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola', 42);
    const { id } = (await socket.next('instruction')).instruction;
    const { status, body } = await hub.admin(`/api/admin/instructions/${id}/cancel`, post());
    expect([status, body]).toEqual([200, { id, status: 'failed' }]);
    expect(await socket.next('revoked')).toEqual({ type: 'revoked', id, reason: 'cancelled' });
    expect(await detail(hub, id)).toMatchObject({
      status: 'failed',
      error_message: 'cancelada',
      holder: null,
      allowed: ['retry'],
    });
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: false, error: { code: 'invalid_transition' } });
    expect(await hub.hub.db.read.selectFrom('push_messages').selectAll().execute()).toEqual([]);
    const again = await hub.admin(`/api/admin/instructions/${id}/cancel`, post());
    expect([again.status, again.body]).toMatchObject([409, { details: [{ path: 'id', message: 'ya terminó' }] }]);
  });

  test('one instruction goes to another TPV, while its person stays', async () => {
    const hub = await startHub({ database });
    const [first, second] = [await hub.tpv({ max_users: 1 }), await hub.tpv()];
    await hub.message(1, 'Hola', 42);
    const [row] = await instructionsOf(hub);
    const [holder, other] = row?.tpv_id === first.id ? [first, second] : [second, first];
    const [from, to] = [await holder.socket(), await other.socket()];
    const { id } = (await from.next('instruction')).instruction;
    const moved = await hub.admin(`/api/admin/instructions/${id}/reassign`, post({ tpv_id: other.id }));
    expect([moved.status, moved.body]).toEqual([200, { id, status: 'pending' }]);
    expect(await from.next('revoked')).toMatchObject({ id, reason: 'reassigned' });
    expect((await to.next('instruction')).instruction.id).toBe(id);
    expect(await from.report(id, 'completed')).toMatchObject({ ok: false });
    expect(await to.report(id, 'completed')).toMatchObject({ ok: true });
    expect((await hub.admin('/api/admin/users/42')).body.tpv.id).toBe(holder.id);
    for (const tpvId of [crypto.randomUUID(), 'x']) {
      expect(
        (await hub.admin(`/api/admin/instructions/${id}/reassign`, post({ tpv_id: tpvId }))).status,
      ).toBeGreaterThanOrEqual(400);
    }
  });

  test('a bulk change counts what it can do, says why not the others, and does no more than its preview said', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { RETENTION_DAYS: '30' } });
    const tpv = await hub.tpv({ name: 'Uno' });
    const other = await hub.tpv({ name: 'Dos' });
    for (const id of [1, 2]) await hub.message(id, `mensaje ${id}`, 40);
    const [first] = await instructionsOf(hub);
    const [holder, away] = first?.tpv_id === tpv.id ? [tpv, other] : [other, tpv];
    const old = await settle(holder, { status: 'failed' });
    // It has 24 hours to be done: what ended longer ago than that is of no use to anybody.
    await clock.jump(2 * HOUR);
    const recent = await settle(holder, { status: 'failed' });
    await clock.jump(22 * HOUR - 1_000);
    for (const id of [3, 4]) await hub.message(id, `mensaje ${id}`, 40);
    const open = (await instructionsOf(hub)).filter((row) => row.completed_at === null).map((row) => row.id);
    expect(open).toHaveLength(2);
    await clock.jump(500);
    const missing = crypto.randomUUID();
    const ids = [old, recent, ...open, missing, recent];
    const bulk = async (json: Record<string, unknown>) => {
      const { status, body } = await hub.admin('/api/admin/instructions/bulk', post({ ids, ...json }));
      const skipped = body.skipped?.map((one: { id: string; reason: string }) => [one.id, one.reason]);
      return [status, body.count, skipped && new Map(skipped)];
    };
    const notFinal = open.map((id) => [id, 'not_final'] as const);
    const retried = [200, 2, new Map([...notFinal, [missing, 'not_found']])];
    expect(await bulk({ action: 'retry', preview: true })).toEqual(retried);
    await clock.jump(1_000);
    const later = [200, 1, new Map([...notFinal, [old, 'too_old'], [missing, 'not_found']])];
    expect(await bulk({ action: 'retry', preview: true })).toEqual(later);
    expect(await instructionsOf(hub)).toHaveLength(4);

    const final = [old, recent].map((id) => [id, 'final'] as const);
    const open2 = [200, 2, new Map([...final, [missing, 'not_found']])];
    const nowhere = open.map((id) => [id, 'tpv_unavailable'] as const);
    expect(await bulk({ action: 'reassign', tpv_id: missing })).toEqual([
      200,
      0,
      new Map([...final, ...nowhere, [missing, 'not_found']]),
    ]);
    expect((await bulk({ action: 'reassign' }))[0]).toBe(400);
    expect(await bulk({ action: 'reassign', tpv_id: away.id, preview: true })).toEqual(open2);
    expect(await bulk({ action: 'reassign', tpv_id: away.id })).toEqual(open2);
    expect((await instructionsOf(hub)).filter((row) => row.tpv_id === away.id).map((row) => row.id)).toEqual(open);
    expect(await bulk({ action: 'cancel' })).toEqual(open2);
    expect((await instructionsOf(hub)).map((row) => row.error_message)).toEqual(['', '', 'cancelada', 'cancelada']);
    expect((await auditOf(hub)).map(({ action, details }) => [action, details])).toEqual([
      ['instruction.reassign', { tpv_id: away.id, ids: open }],
      ['instruction.cancel', { ids: open }],
    ]);
  });

  test('a thousand at once are changed, and a thousand and one are refused', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const now = Date.now();
    const ids = Array.from({ length: 1_000 }, () => crypto.randomUUID());
    await hub.hub.db.transact(async (tx) => {
      for (let at = 0; at < ids.length; at += 100) {
        await tx.kysely
          .insertInto('instructions')
          .values(
            ids.slice(at, at + 100).map((id) => ({
              id,
              tpv_id: tpv.id,
              telegram_user_id: 42,
              command: 'process_message',
              payload: jsonText({ text: 'Hola' }),
              status: 'pending',
              priority: 5,
              created_at: now,
              expires_at: now + 24 * HOUR,
              due_at: now + 24 * HOUR,
            })),
          )
          .execute();
      }
    });
    const change = (json: Record<string, unknown>) => hub.admin('/api/admin/instructions/bulk', post(json));
    const whole = (status: string) => ({ count: 1_000, by_status: { [status]: 1_000 }, skipped: [] });
    expect((await change({ action: 'cancel', ids })).body).toEqual(whole('pending'));
    expect((await change({ action: 'retry', ids })).body).toEqual(whole('failed'));
    // Once each.
    const again = (await change({ action: 'retry', ids })).body;
    expect([again.count, again.by_status]).toEqual([0, {}]);
    expect(new Set(again.skipped.map(({ reason }: { reason: string }) => reason))).toEqual(new Set(['retried']));
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.counts).toMatchObject({ failed: 1_000 });
    expect((await change({ action: 'cancel', ids: [...ids, crypto.randomUUID()] })).status).toBe(400);
    expect((await change({ action: 'cancel', ids: [] })).status).toBe(400);
    expect((await change({ action: 'explode', ids })).status).toBe(400);
  });

  test('the CSV holds the instructions of the filter, and no formula', async () => {
    const hub = await startHub({ database });
    await hub.message(1, '=cmd|calc', 42);
    await hub.message(2, 'otro', 43);
    const { status, body } = await hub.admin('/api/admin/instructions.csv?telegram_user_id=42');
    expect(status).toBe(200);
    const lines = String(body).split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain(`;"'=cmd|calc";`);
  });

  test('those who watch hear of every step', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const heard = changesOf(hub);
    await hub.message(1, 'Hola', 42);
    const [row] = await instructionsOf(hub);
    const change = `instruction ${row?.id}`;
    expect(heard.filter((one) => one === change)).toHaveLength(1);
    const tpv = await hub.tpv();
    await clock.advance(1_000);
    await vi.waitFor(() => expect(heard.filter((one) => one === change)).toHaveLength(2), WAIT_MS);
    await settle(tpv, { status: 'completed' });
    expect(heard.filter((one) => one === change)).toHaveLength(3);
  });
});

test('a press that is cancelled ends for whoever pressed, and is neither retried nor given away', async () => {
  const { hub, tpv, ana, hang, presses } = await buttonScene();
  const other = await hub.tpv();
  const { messageId } = await hang([[{ text: 'Sí', action: 'yes' }]]);
  const { answered } = ana.press(messageId, 0);
  await hub.emulator.drained();
  const [press] = await presses();
  const path = `/api/admin/instructions/${press?.id}`;
  expect(press?.tpv_id).toBe(tpv.id);
  expect((await hub.admin(path)).body).toMatchObject({ excerpt: 'yes', allowed: ['cancel'] });
  expect((await hub.admin(`${path}/reassign`, post({ tpv_id: other.id }))).status).toBe(409);
  expect((await hub.admin(`${path}/cancel`, post())).status).toBe(200);
  expect(await answered).toMatchObject({ show_alert: true });
  expect((await hub.admin(`${path}/retry`, post())).status).toBe(409);
});
