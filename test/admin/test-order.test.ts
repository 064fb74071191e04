import { describe, expect, test, vi } from 'vitest';
import { answer, HubClient, type MessagePayload } from '../../client-sdk/src/mod.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { letHubSpeak } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const PERSON = 1001;
const OTHER = 1002;
const HELLO = 'Una mesa para dos, por favor';

const post = (json: object) => ({ method: 'POST', json });

async function order(hub: TestHub, tpvId: string, text = HELLO): Promise<string> {
  const { status, body } = await hub.admin(`/api/admin/tpvs/${tpvId}/test-order`, post({ text }));
  expect(status).toBe(201);
  return body.instruction_id;
}

const detailOf = async (hub: TestHub, id: string) => (await hub.admin(`/api/admin/instructions/${id}`)).body;
const stepsOf = ({ steps }: { steps: { step: string }[] }) => steps.map(({ step }) => step);

describe.each(DIALECTS)('a test order on %s', (database) => {
  test('comes over the socket as a person’s message, and its reply is shown to administrators alone', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    const id = await order(hub, tpv.id);
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ id, command: 'process_message', telegram_user_id: 0, status: 'sent' });
    expect(instruction.payload).toMatchObject({ test: true, text: HELLO, chat_id: 0, attachments: [] });
    await socket.report(id, 'delivered');
    await socket.report(id, 'processing');
    expect(await detailOf(hub, id)).toMatchObject({ is_test: true, status: 'processing', replies: [] });
    const buttons = [[{ text: 'Confirmar', action: 'confirm' }], [{ text: 'Carta', url: 'https://bar.example' }]];
    const done = await socket.report(id, 'completed', { reply: { text: 'Mesa <b>lista</b>', buttons } });
    expect(done).toMatchObject({ ok: true, data: { push_message_id: expect.any(String) } });
    const detail = await detailOf(hub, id);
    expect(stepsOf(detail)).toEqual(['stored', 'handed_out', 'delivered', 'completed']);
    expect(detail).toMatchObject({
      status: 'completed',
      allowed: [],
      replies: [
        {
          reported: 'completed',
          status: 'sent',
          kind: 'text',
          text: 'Mesa <b>lista</b>',
          buttons: [[{ text: 'Confirmar', url: null }], [{ text: 'Carta', url: 'https://bar.example' }]],
          keyboard: [],
        },
      ],
    });
    // The same report again says the same, and keeps nothing more.
    expect(await socket.report(id, 'completed', { reply: { text: 'Mesa <b>lista</b>', buttons } })).toMatchObject({
      data: { push_message_id: detail.replies[0].push_id },
    });
    expect((await detailOf(hub, id)).replies).toHaveLength(1);
    await nothingWent(hub);
  });

  test('counts in no figure, is no person, and stands in the audit log', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    const id = await order(hub, tpv.id);
    await socket.next('instruction');
    await socket.report(id, 'completed', { reply: { text: 'Hecho' } });
    const { body: stats } = await tpv.fetch('/api/tpv/stats/');
    expect(stats).toMatchObject({ instructions: { total: 0 }, push_messages: { sent: 0, total: 0 } });
    const { body: activity } = await hub.admin(`/api/admin/activity?tpv_id=${tpv.id}&minutes=60`);
    for (const figure of ['instructions', 'completed', 'pushes']) {
      expect([figure, activity[figure].reduce((sum: number, one: number) => sum + one, 0)]).toEqual([figure, 0]);
    }
    expect((await hub.admin('/api/admin/users')).body.items).toEqual([]);
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body).toMatchObject({ user_count: 0 });
    const { items } = (await hub.admin('/api/admin/audit?action=tpv.test_order')).body;
    expect(items).toMatchObject([
      { actor: 'token', target: { id: tpv.id, name: 'Bar' }, details: { instruction_id: id } },
    ]);
    expect(JSON.stringify(items)).not.toContain(HELLO);
    // A person's figures are as they would be without it.
    hub.emulator.person({ id: PERSON, first_name: 'Ana', started: true });
    await hub.message(1, 'Hola', PERSON);
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'completed', { reply: { text: 'Hola' } });
    await vi.waitFor(
      async () =>
        expect((await tpv.fetch('/api/tpv/stats/')).body).toMatchObject({
          instructions: { completed: 1, total: 1 },
          push_messages: { sent: 1, total: 1 },
        }),
      WAIT_MS,
    );
  });

  test('a TPV that polls and pushes by itself answers it, over the older notification too', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ endpoint_url: 'https://bar.example/' });
    const push = { telegram_user_id: 0, message_type: 'text', text: 'Recibido' };
    // Nobody wrote: there is no one to whom it could go.
    expect((await tpv.fetch('/api/tpv/push/', post(push))).status).toBe(404);
    const polling = tpv.fetch('/api/tpv/instructions/?wait=20');
    const id = await order(hub, tpv.id);
    const [instruction] = (await polling).body.instructions;
    expect(instruction).toMatchObject({ id, telegram_user_id: 0, payload: { test: true } });
    const sent = await tpv.fetch('/api/tpv/push/', post(push));
    expect(sent).toMatchObject({ status: 201, body: { status: 'sent' } });
    expect((await tpv.fetch(`/api/tpv/push/${sent.body.push_message_id}/`)).body).toMatchObject({ status: 'sent' });
    const notification = {
      telegram_user_id: 0,
      mensaje: '¿Confirmas?',
      callback_url: 'https://bar.example/callback',
      token: 'un-token',
      uid_dispositivo: 'caja',
      metadata: {},
      botones: [[{ text: 'Sí', callback_data: 'si' }]],
    };
    expect(await tpv.fetch('/api/register_notification', post(notification))).toMatchObject({
      status: 200,
      body: { success: true, message_id: expect.any(Number) },
    });
    const edit = { text: 'Recibido: en 20 minutos', buttons: [[{ text: 'Anular', action: 'void' }]] };
    const patch = { method: 'PATCH', json: edit };
    expect(await tpv.fetch(`/api/tpv/push/${sent.body.push_message_id}/`, patch)).toMatchObject({ status: 200 });
    await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } });
    expect((await detailOf(hub, id)).replies).toMatchObject([
      { reported: null, text: edit.text, buttons: [[{ text: 'Anular' }]] },
      { reported: null, text: '¿Confirmas?', buttons: [[{ text: 'Sí' }]] },
    ]);
    await nothingWent(hub);
  });

  test('leaves a person’s silence and their sentences as they are', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    await letHubSpeak(hub);
    hub.emulator.person({ id: PERSON, first_name: 'Ana', started: true });
    await hub.message(1, 'Hola', PERSON);
    await vi.waitFor(() => expect(textsTo(hub, PERSON)).toHaveLength(1), WAIT_MS);
    // The TPV is offline: its person read that, and reads it once more for nothing that an administrator tries.
    const id = await order(hub, tpv.id);
    await hub.message(2, '¿Hola?', PERSON);
    const socket = await tpv.socket();
    const { instruction } = await socket.next('instruction');
    expect(instruction.id).toBe(id);
    await socket.report(id, 'failed', { error_message: 'sin papel' });
    await nothingWent(hub);
    expect(textsTo(hub, PERSON)).toEqual([expect.stringContaining('Bar no está conectado')]);
    expect(await detailOf(hub, id)).toMatchObject({ status: 'failed', error_message: 'sin papel', replies: [] });
  });

  test('stays with its TPV that is closed, and no other person is made of it', async () => {
    const hub = await startHub({ database });
    const [closing, other] = [await hub.tpv(), await hub.tpv()];
    const id = await order(hub, closing.id);
    await hub.admin(`/api/admin/tpvs/${closing.id}/deactivate`, post({ users: 'reassign' }));
    await hub.message(1, 'Hola', PERSON);
    const { body } = await other.fetch('/api/tpv/instructions/?wait=20');
    expect(body.instructions).toMatchObject([{ telegram_user_id: PERSON }]);
    expect(await detailOf(hub, id)).toMatchObject({ tpv: { id: closing.id }, status: 'pending' });
    expect((await hub.admin('/api/admin/users')).body.items).toMatchObject([{ telegram_id: PERSON }]);
    expect(await hub.admin(`/api/admin/tpvs/${closing.id}/test-order`, post({ text: 'x' }))).toMatchObject({
      status: 403,
      body: { code: 'tpv_inactive' },
    });
  });
});

/** Nothing of a test went to Telegram, or waits to go. */
async function nothingWent(hub: TestHub): Promise<void> {
  const tests = hub.hub.db.read.selectFrom('push_messages').where('chat_id', '=', 0);
  const rows = await tests.select(['status', 'attempts', 'not_before']).execute();
  for (const row of rows) {
    expect(row).toEqual({ status: 'sent', attempts: 0, not_before: null });
  }
  // Another message, which does go, comes behind all that could have.
  await hub.message(900_001, '/start', OTHER);
  await hub.emulator.waitForCall(({ params }) => params.chat_id === OTHER);
  expect(hub.emulator.calls.filter(({ params }) => params.chat_id === 0)).toEqual([]);
}

function textsTo(hub: TestHub, chatId: number): string[] {
  return hub.emulator.calls
    .filter(({ method, params }) => method === 'sendMessage' && params.chat_id === chatId)
    .map(({ params }) => String(params.text));
}

test('one that no TPV answers ends after two minutes, and nobody is told', async () => {
  const clock = testClock();
  // A clock that runs ahead would take the socket for silent.
  const hub = await startHub({ clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const [away, slow] = [await hub.tpv({ name: 'Away' }), await hub.tpv({ name: 'Slow' })];
  const socket = await slow.socket();
  const [lost, late] = [await order(hub, away.id), await order(hub, slow.id)];
  await socket.next('instruction');
  await socket.report(late, 'processing');
  expect(await detailOf(hub, lost)).toMatchObject({ status: 'pending', waits: { code: 'tpv_offline' } });
  expect(await detailOf(hub, late)).toMatchObject({ status: 'processing', waits: { code: 'being_worked_on' } });
  const unanswered: string[] = [];
  hub.hub.events.on('instruction.unanswered', ({ id }) => unanswered.push(id));
  await clock.advance(121_000);
  expect(await socket.next('revoked')).toMatchObject({ id: late, reason: 'expired' });
  for (const id of [lost, late]) {
    await vi.waitFor(
      async () => expect(await detailOf(hub, id)).toMatchObject({ status: 'failed', error_message: 'expirada' }),
      WAIT_MS,
    );
  }
  expect(stepsOf(await detailOf(hub, lost))).toEqual(['stored', 'failed']);
  expect(unanswered).toEqual([]);
  await nothingWent(hub);
});

test('the SDK’s handlers get it as any order, and know it by `payload.test`', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const seen: MessagePayload[] = [];
  const client = new HubClient({ url: hub.url, apiKey: tpv.key });
  client.on('process_message', async ({ payload }, context) => {
    seen.push(payload);
    if (payload.text === 'romper') throw new Error('impresora sin papel');
    await context.reply('Un momento');
    return answer('Recibido', { buttons: [[{ text: 'Cancelar', action: 'cancel' }]] });
  });
  try {
    await client.connect();
    const [good, bad] = [await order(hub, tpv.id), await order(hub, tpv.id, 'romper')];
    await vi.waitFor(
      async () => expect(await detailOf(hub, good)).toMatchObject({ status: 'completed', error_message: '' }),
      WAIT_MS,
    );
    await vi.waitFor(async () => expect(await detailOf(hub, bad)).toMatchObject({ status: 'failed' }), WAIT_MS);
    // What it pushes besides goes to its newest test order.
    const [first, second] = [await detailOf(hub, good), await detailOf(hub, bad)];
    expect(first.replies.at(-1)).toMatchObject({ text: 'Recibido', reported: 'completed' });
    expect([...first.replies, ...second.replies].map(({ text }) => text).sort()).toEqual(['Recibido', 'Un momento']);
    expect(second.error_message).toContain('impresora sin papel');
    expect(seen.map(({ test, text }) => [test, text])).toEqual([
      [true, HELLO],
      [true, 'romper'],
    ]);
    await nothingWent(hub);
  } finally {
    await client.close();
  }
});

test('no text, too long a one and another TPV’s name are refused', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  for (const json of [{}, { text: '' }, { text: 'a'.repeat(4_097) }, { text: 'Hola', more: 1 }]) {
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}/test-order`, post(json))).status).toBe(400);
  }
  expect((await hub.admin(`/api/admin/tpvs/${crypto.randomUUID()}/test-order`, post({ text: 'x' }))).status).toBe(404);
  expect((await hub.admin('/api/admin/instructions')).body.items).toEqual([]);
});
