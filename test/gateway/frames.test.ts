import { describe, expect, test, vi } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { uuidv7 } from '../../src/ids.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { quiet } from '../support/quiet.ts';
import type { TestSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

const textOf = ({ payload }: { payload: Record<string, unknown> }) => String(payload.text);

/** The texts of every instruction that the socket got so far. */
function texts(socket: TestSocket): string[] {
  return socket.frames.flatMap((one) => (one.type === 'instruction' ? [textOf(one.instruction)] : []));
}

/** A pending row, as an update of long ago left it. */
async function pendingRow({ hub }: TestHub, tpvId: string, text: string, priority: number): Promise<void> {
  const now = Date.now();
  await hub.db.transact((tx) =>
    tx.kysely
      .insertInto('instructions')
      .values({
        id: uuidv7(now),
        update_id: null,
        tpv_id: tpvId,
        telegram_user_id: 1001,
        telegram_username: null,
        command: 'process_message',
        payload: jsonText({ chat_id: 1001, text }),
        status: 'pending',
        priority,
        created_at: now,
        sent_at: null,
        delivered_at: null,
        completed_at: null,
        expires_at: now + 86_400_000,
        response: null,
        holder: null,
        due_at: now + 86_400_000,
      })
      .execute(),
  );
}

describe.each(DIALECTS)('reports over a socket on %s', (database) => {
  test('each status is committed before its result, and says what REST says', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    for (const status of ['delivered', 'processing', 'completed']) {
      expect(await socket.report(id, status, { response: { paso: status } })).toEqual({
        type: 'result',
        ref: expect.any(String),
        ok: true,
        data: { status: 'ok', instruction_id: id, new_status: status },
      });
      const { body } = await tpv.fetch(`/api/tpv/instructions/${id}/`);
      expect(body).toMatchObject({ status, response: { paso: status } });
    }
    await hub.message(2, 'Otra');
    const other = (await socket.next('instruction')).instruction;
    expect(await socket.report(other.id, 'failed', { error_message: 'sin existencias' })).toMatchObject({ ok: true });
    const { body } = await tpv.fetch(`/api/tpv/instructions/${other.id}/`);
    expect(body).toMatchObject({ status: 'failed', error_message: 'sin existencias' });
  });

  test('without a ref only a refusal is answered', async () => {
    const hub = await startHub({ database });
    const socket = await (await hub.tpv()).socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    socket.send({ type: 'update', id, status: 'completed' });
    socket.send({ type: 'update', id, status: 'processing' });
    expect(await socket.next('error')).toMatchObject({ error: { code: 'invalid_transition' } });
    expect(socket.frames.map(({ type }) => type)).toEqual(['welcome', 'instruction', 'error']);
  });

  test('the same status again is fine, and a step back or out of an end is not', async () => {
    const hub = await startHub({ database });
    const socket = await (await hub.tpv()).socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    expect(await socket.report(id, 'processing')).toMatchObject({ ok: true });
    expect(await socket.report(id, 'processing')).toMatchObject({ ok: true });
    expect(await socket.report(id, 'delivered')).toMatchObject({ ok: false, error: { code: 'invalid_transition' } });
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
    expect(await socket.report(id, 'failed')).toMatchObject({
      ok: false,
      error: { code: 'invalid_transition', message: expect.any(String), details: [{ path: 'status' }] },
    });
  });

  test('an unknown id, one that is none, and another TPV’s are not found', async () => {
    const hub = await startHub({ database });
    const owner = await hub.tpv();
    const socket = await owner.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    const stranger = await (await hub.tpv()).socket();
    for (const one of [id, crypto.randomUUID(), 'no soy un id', '', 'nul\0', '\ud800']) {
      const refusal = { ok: false, error: { code: 'not_found' } };
      expect(await stranger.report(one, 'completed')).toMatchObject(refusal);
    }
    stranger.send({ type: 'update', id, status: 'completed' });
    expect(await stranger.next('error')).toMatchObject({ error: { code: 'not_found' } });
    expect((await owner.fetch(`/api/tpv/instructions/${id}/`)).body.status).toBe('sent');
    // As over REST, capitals make no difference.
    expect(await socket.report(id.toUpperCase(), 'completed')).toMatchObject({ ok: true });
  });

  test('a response that is too large or too deep is refused, and an odd one is kept', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    const large = await socket.report(id, 'completed', { response: 'x'.repeat(64 * 1024) });
    expect(large).toMatchObject({ ok: false, error: { code: 'payload_too_large' } });
    const depth = 30_000;
    socket.send(
      `{"type":"update","id":"${id}","status":"processing","ref":"deep","response":${'['.repeat(depth)}${']'.repeat(depth)}}`,
    );
    expect(await socket.next('result')).toMatchObject({ ref: 'deep', ok: false, error: { code: 'invalid_request' } });
    const response = { nul: 'a\0b', suelto: '\ud800', emoji: '🍷'.repeat(100), __proto: 1 };
    expect(await socket.report(id, 'completed', { response, error_message: 'nul \0 y \ud800' })).toMatchObject({
      ok: true,
    });
    expect((await tpv.fetch(`/api/tpv/instructions/${id}/`)).body).toMatchObject({ response });
  });
});

describe('frames that the hub does not know', () => {
  test('an unknown type is answered, and the session lives on', async () => {
    const hub = await startHub();
    const socket = await (await hub.tpv()).socket();
    for (let i = 0; i < 5; i++) {
      socket.send({ type: 'telepathy', ref: `t${i}` });
      const refusal = { ref: `t${i}`, ok: false, error: { code: 'unknown_type', message: expect.any(String) } };
      expect(await socket.next('result')).toMatchObject(refusal);
    }
    socket.send({ type: 'telepathy' });
    expect(await socket.next('error')).toMatchObject({ error: { code: 'unknown_type' } });
    await hub.message(1, 'Hola');
    expect(textOf((await socket.next('instruction')).instruction)).toBe('Hola');
  });

  test('unknown fields are ignored', async () => {
    const hub = await startHub();
    const socket = await (await hub.tpv()).socket();
    socket.send({ type: 'flow', max_in_flight: 10, since: 'v2', __proto__: { polluted: true } });
    await hub.message(1, 'Hola');
    const { id } = (await socket.next('instruction')).instruction;
    expect(await socket.report(id, 'completed', { took_ms: 12, nested: { a: [1] } })).toMatchObject({ ok: true });
  });
});

describe.each(DIALECTS)('the window on %s', (database) => {
  test('never more than max_in_flight are out and not reported on', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket({ maxInFlight: 3 });
    await quiet(hub, socket);
    await Promise.all(Array.from({ length: 20 }, (_, i) => hub.message(i + 1, `mensaje ${i}`, 2_000 + i)));
    const sent = async () => (await tpv.fetch('/api/tpv/stats/')).body.instructions.sent;
    for (let reported = 0; reported < 20; reported++) {
      const { instruction } = await socket.next('instruction');
      await vi.waitFor(() => expect(texts(socket)).toHaveLength(Math.min(20, reported + 3)), WAIT_MS);
      await quiet(hub, socket);
      expect(texts(socket)).toHaveLength(Math.min(20, reported + 3));
      expect(await sent()).toBe(Math.min(3, 20 - reported));
      // Any report frees the place, whatever it says.
      const status = ['delivered', 'processing', 'completed', 'failed'][reported % 4] ?? '';
      expect(await socket.report(instruction.id, status)).toMatchObject({ ok: true });
    }
  });

  test('0 pauses, more resumes, and what came meanwhile goes out in its order', async () => {
    const hub = await startHub({ database });
    const socket = await (await hub.tpv()).socket({ maxInFlight: 0 });
    await quiet(hub, socket);
    for (const [i, text] of ['uno', 'dos', 'tres', 'cuatro'].entries()) await hub.message(i + 1, text);
    await quiet(hub, socket);
    expect(texts(socket)).toEqual([]);
    socket.send({ type: 'flow', max_in_flight: 2 });
    await quiet(hub, socket);
    expect(texts(socket)).toEqual(['uno', 'dos']);
    socket.send({ type: 'flow', max_in_flight: 1 });
    const { id } = (await socket.next('instruction')).instruction;
    await socket.report(id, 'completed');
    await quiet(hub, socket);
    expect(texts(socket)).toEqual(['uno', 'dos']);
    socket.send({ type: 'flow', max_in_flight: 256 });
    await quiet(hub, socket);
    expect(texts(socket)).toEqual(['uno', 'dos', 'tres', 'cuatro']);
  });

  test('a report over REST frees its place on the socket', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket({ maxInFlight: 1 });
    await quiet(hub, socket);
    await hub.message(1, 'uno');
    await hub.message(2, 'dos');
    const { id } = (await socket.next('instruction')).instruction;
    await quiet(hub, socket);
    expect(texts(socket)).toEqual(['uno']);
    await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PATCH', json: { status: 'processing' } });
    expect(textOf((await socket.next('instruction')).instruction)).toBe('dos');
  });

  test('lower priorities wait, then the oldest goes first, also after a reconnect', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    for (const [text, priority] of [
      ['a', 5],
      ['b', 5],
      ['c', 1],
      ['d', 9],
      ['e', 1],
    ] as const) {
      await pendingRow(hub, tpv.id, text, priority);
    }
    const order = ['c', 'e', 'a', 'b', 'd'];
    const first = await tpv.socket();
    await quiet(hub, first);
    expect(texts(first)).toEqual(order);
    await first.report(await idOf(first, 'e'), 'processing');
    await first.report(await idOf(first, 'a'), 'completed');
    first.cut();
    await hub.message(1, 'f');
    const second = await tpv.socket();
    await quiet(hub, second);
    expect(texts(second)).toEqual(['c', 'e', 'b', 'f', 'd']);
  });

  test('a whole window of the longest messages reaches a TPV that reads', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ max_users: 300 });
    const longest = '🍷'.repeat(4_096);
    for (let from = 0; from < 200; from += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => hub.message(from + i + 1, longest, 2_000 + from + i)));
    }
    const socket = await tpv.socket({ maxInFlight: 256 });
    for (let i = 0; i < 200; i++) await socket.next('instruction');
    // Straight from the webhook it is the same.
    await Promise.all(Array.from({ length: 56 }, (_, i) => hub.message(i + 201, longest, 2_000 + i)));
    for (let i = 0; i < 56; i++) await socket.next('instruction');
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
  });
});

async function idOf(socket: TestSocket, text: string): Promise<string> {
  for (const one of socket.frames)
    if (one.type === 'instruction' && textOf(one.instruction) === text) return one.instruction.id;
  throw new Error(`No instruction says ${text}.`);
}

describe('what is taken away', () => {
  test('a person who moves to another TPV takes along what is open, and the first TPV is told to stop', async () => {
    const hub = await startHub();
    const before = await hub.tpv();
    const socket = await before.socket({ maxInFlight: 1 });
    await quiet(hub, socket);
    await hub.message(1, 'uno');
    await hub.message(2, 'dos');
    const { id } = (await socket.next('instruction')).instruction;
    const after = await hub.tpv();
    const next = await after.socket();
    const moved = await hub.admin('/api/admin/users/1001/tpv', { method: 'PUT', json: { tpv_id: after.id } });
    expect(moved.status).toBe(200);
    expect(await socket.next('revoked')).toEqual({ type: 'revoked', id, reason: 'reassigned' });
    expect(textOf((await next.next('instruction')).instruction)).toBe('uno');
    expect(textOf((await next.next('instruction')).instruction)).toBe('dos');
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    // Its place is free for somebody else, whom the TPV with the fewest people gets.
    await hub.message(3, 'tres', 1002);
    expect(textOf((await socket.next('instruction')).instruction)).toBe('tres');
  });
});
