import { describe, expect, test, vi } from 'vitest';
import { messageOf } from '../support/buttons.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, type DialectUnderTest, startHub, type TestHub } from '../support/hub.ts';
import { instructionsOf, letHubSpeak } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 1001;
const SECOND = 1_000;
const LONG_AGO_MS = 400_000;
const OFFLINE = 'Bar Pepe no está conectado ahora mismo. Tu mensaje está guardado y le llegará en cuanto vuelva.';
const WAITING = 'Bar Pepe todavía no ha visto tu mensaje. Sigue guardado.';
const FAILED = 'Bar Pepe no ha podido atender tu mensaje.';

/** A hub whose clock stands still, Bar Pepe, and Ana, who wrote once and was answered long ago. */
async function scene(database: DialectUnderTest, env: Record<string, string> = {}) {
  const clock = testClock();
  const hub = await startHub({
    database,
    clock,
    // A TPV that stays silent keeps its message, however long this machine takes.
    env: { HEARTBEAT_INTERVAL_SECONDS: '3600', MAX_ATTEMPTS: '100', ...env },
  });
  await letHubSpeak(hub);
  const ana = hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  let updates = 0;
  const write = async (text = 'Hola') => {
    expect((await hub.message(++updates, text, ANA)).status).toBe(200);
    const id = (await instructionsOf(hub)).at(-1)?.id;
    if (id === undefined) throw new Error('It became nothing.');
    return id;
  };
  const report = async (id: string, status: string, more: object = {}) =>
    (await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status, ...more } })).status;
  return { hub, clock, ana, tpv, write, report };
}

/** What the hub told people, once everything that is queued has been sent. */
async function told({ hub, emulator }: TestHub): Promise<unknown[]> {
  await vi.waitUntil(
    async () => {
      const waiting = hub.db.read.selectFrom('push_messages').select('id').where('not_before', 'is not', null);
      return (await waiting.execute()).length === 0;
    },
    { timeout: WAIT_MS },
  );
  return emulator.calls.filter(({ method }) => method === 'sendMessage').map(({ params }) => params.text);
}

/** What the hub owes people or has told them, as it stands in its database. */
async function owed({ hub }: TestHub): Promise<string[]> {
  const rows = await hub.db.read.selectFrom('push_messages').select('text').where('tpv_id', 'is', null).execute();
  return rows.map(({ text }) => text);
}

/** Lets time pass until the hub owes its first sentence: a sweep that is still under way leaves ticks out. */
async function untilSaid(hub: TestHub, clock: TestClock): Promise<void> {
  const said = async () => {
    await clock.advance(SECOND);
    return (await owed(hub)).length > 0;
  };
  await vi.waitUntil(said, { timeout: WAIT_MS });
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a hundred messages to a TPV that is offline get one sentence, until the TPV reports', async () => {
    const { hub, clock, write, report, tpv } = await scene(database);
    const first = await write();
    for (let i = 1; i < 100; i++) await write(`Mensaje ${i}`);
    expect(await told(hub)).toEqual([OFFLINE]);
    expect(await report(first, 'delivered')).toBe(200);
    await clock.jump(LONG_AGO_MS);
    await write();
    await vi.waitUntil(async () => (await owed(hub)).length === 2, { timeout: WAIT_MS });
    // It writes to the person, without a report: that ends the silence too.
    const push = { telegram_user_id: ANA, text: 'Ya voy' };
    expect((await tpv.fetch('/api/tpv/push/', { method: 'POST', json: push })).status).toBe(201);
    await clock.jump(LONG_AGO_MS);
    await write();
    await write();
    expect(await owed(hub)).toEqual([OFFLINE, OFFLINE, OFFLINE]);
  });

  test('an online TPV that says nothing of a message for 120 s has its person told once', async () => {
    const { hub, clock, tpv, write, ana } = await scene(database);
    const socket = await tpv.socket();
    const id = await write();
    await clock.advance(110 * SECOND);
    expect(await owed(hub)).toEqual([]);
    await untilSaid(hub, clock);
    await write();
    await clock.advance(50 * SECOND);
    expect(await told(hub)).toEqual([WAITING]);
    expect(messageOf(ana, lastOf(ana)).buttons).toEqual(['Cancelar mi mensaje']);
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
  });

  test('a message is cancelled by its person, once, while its TPV has not reported on it', async () => {
    const { hub, clock, tpv, write, ana, report } = await scene(database);
    await hub.emulatorDelivers();
    const socket = await tpv.socket();
    const [id, second] = [await write('Dos pizzas'), await write('y una cola')];
    await clock.advance(120 * SECOND);
    await untilSaid(hub, clock);
    await told(hub);
    const sentence = lastOf(ana);
    await clock.advance(2 * SECOND);
    ana.press(sentence, 'Cancelar mi mensaje');
    expect(await socket.next('revoked')).toEqual({ type: 'revoked', id, reason: 'cancelled' });
    expect(await socket.next('revoked')).toEqual({ type: 'revoked', id: second, reason: 'cancelled' });
    const ended = { status: 'failed', error_message: 'cancelada por la persona' };
    expect(await instructionsOf(hub)).toMatchObject([ended, ended]);
    await vi.waitUntil(
      async () => {
        await clock.advance(SECOND);
        return messageOf(ana, sentence).text === 'Mensaje cancelado.';
      },
      { timeout: WAIT_MS },
    );
    expect(messageOf(ana, sentence).buttons).toEqual([]);
    expect(await report(id, 'completed')).toBe(409);
  });

  test('a message that its TPV has taken is cancelled no more, and nobody else’s is', async () => {
    const { hub, clock, tpv, write, report } = await scene(database);
    await tpv.socket();
    const id = await write();
    await clock.advance(120 * SECOND);
    await untilSaid(hub, clock);
    const press = async (queryId: string, from: number) => {
      const query = { id: queryId, from: { id: from, first_name: 'X' }, data: `hub:cancel:${id}` };
      await hub.update({ update_id: 900 + from, callback_query: { ...query, message: { message_id: 1 } } });
      return (await hub.emulator.waitForCall(({ params }) => params.callback_query_id === queryId)).params.text;
    };
    expect(await press('stranger', 7)).toBe('⚠️ Esta acción ha expirado');
    expect(await report(id, 'processing')).toBe(200);
    expect(await press('late', ANA)).toBe('Ya lo están atendiendo.');
    expect(await instructionsOf(hub)).toMatchObject([{ id, status: 'processing' }]);
  });

  test('a message that failed is told without the TPV’s words, and a test that failed is not', async () => {
    const { hub, tpv, write, report } = await scene(database);
    const socket = await tpv.socket();
    const id = await write();
    expect(await report(id, 'failed', { error_message: 'SQLITE_BUSY' })).toBe(200);
    expect(await report(id, 'failed', { error_message: 'SQLITE_BUSY' })).toBe(200);
    expect(await told(hub)).toEqual([FAILED]);
    await socket.next('instruction');
    const tested = hub.admin(`/api/admin/tpvs/${tpv.id}/test`, { method: 'POST', json: {} });
    await socket.report((await socket.next('instruction')).instruction.id, 'failed');
    expect((await tested).status).toBe(200);
    expect(await told(hub)).toEqual([FAILED]);
  });

  test('a press that failed is told at its button, and nowhere else', async () => {
    const { hub, ana, tpv, write, report } = await scene(database);
    const socket = await tpv.socket();
    await report(await write(), 'completed');
    await socket.next('instruction');
    const push = { telegram_user_id: ANA, text: '¿Lo confirmas?', buttons: [[{ text: 'Sí', action: 'yes' }]] };
    await tpv.fetch('/api/tpv/push/', { method: 'POST', json: push });
    await hub.emulatorDelivers();
    const { message_id: messageId } = await ana.waitForMessage(({ text }) => text === push.text);
    const { answered } = ana.press(messageId, 'Sí');
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'failed');
    await answered;
    expect(await told(hub)).toEqual([push.text]);
  });

  test('a text that an administrator emptied is not said', async () => {
    const { hub, write, report } = await scene(database);
    const texts = { offline: '', failed: ' ' };
    expect((await hub.admin('/api/admin/settings', { method: 'PATCH', json: { texts } })).status).toBe(200);
    const id = await write();
    await report(id, 'failed');
    expect(await owed(hub)).toEqual([]);
    const refused = await hub.admin('/api/admin/settings', { method: 'PATCH', json: { texts: { cancelled: '' } } });
    expect(refused.status).toBe(400);
  });
});

function lastOf(person: { chat: readonly { message_id: number }[] }): number {
  return person.chat.at(-1)?.message_id ?? 0;
}
