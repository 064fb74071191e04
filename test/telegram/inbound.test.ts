import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, WEBHOOK_SECRET } from '../support/hub.ts';
import {
  connectTelegram,
  instructionsOf,
  messageBody,
  privateMessage,
  updatesOf,
  userOf,
} from '../support/telegram.ts';

const EXPIRED_PRESS = { text: '⚠️ Esta acción ha expirado', show_alert: true };

function membership(updateId: number, status: string, chat: object = { id: 1001, type: 'private' }) {
  const from = { id: 1001, is_bot: false, first_name: 'Ana' };
  return { update_id: updateId, my_chat_member: { chat, from, date: 1, new_chat_member: { status } } };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('an edited message is kept and not passed on', async () => {
    const hub = await startHub({ database });
    await hub.tpv();
    await hub.update({ update_id: 1, edited_message: messageBody(5, { text: 'mejor dos', edit_date: 1 }) });
    expect(await updatesOf(hub)).toMatchObject([{ kind: 'edited_message', outcome: 'kept', reason: 'edited message' }]);
    expect(await instructionsOf(hub)).toEqual([]);
  });

  test('an edited message is passed on where FORWARD_EDITS says so, commands too', async () => {
    const hub = await startHub({ database, env: { FORWARD_EDITS: 'true' } });
    const tpv = await hub.tpv();
    await hub.update({ update_id: 1, edited_message: messageBody(5, { text: 'mejor dos', edit_date: 1 }) });
    await hub.update({ update_id: 2, edited_message: messageBody(6, { text: '/start', edit_date: 1 }) });
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toMatchObject([
      { command: 'process_edited_message', payload: { message_id: 5, text: 'mejor dos' } },
      { command: 'process_edited_message', payload: { message_id: 6, text: '/start' } },
    ]);
  });

  test('a press on a button that the hub does not know is answered as expired', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const from = { id: 1001, is_bot: false, first_name: 'Ana' };
    for (const [i, data] of ['forged', 'x'.repeat(64), undefined].entries()) {
      const query = { id: `q${i}`, from, chat_instance: '1', data };
      expect(await hub.update({ update_id: i + 1, callback_query: query })).toMatchObject({ status: 200 });
      const call = await hub.emulator.waitForCall(({ params }) => params.callback_query_id === `q${i}`);
      expect(call).toMatchObject({ method: 'answerCallbackQuery', params: EXPIRED_PRESS });
    }
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(0);
  });

  test('who blocks the bot goes inactive, and active again when they unblock it or write', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const active = async () => (await tpv.fetch('/api/tpv/users/')).body.users[0].is_active;
    await hub.update(membership(2, 'kicked'));
    expect(await active()).toBe(false);
    await hub.update(membership(3, 'member'));
    expect(await active()).toBe(true);
    await hub.update(membership(4, 'kicked'));
    await hub.message(5, 'Otra vez yo');
    expect(await active()).toBe(true);
    expect((await instructionsOf(hub)).map(({ update_id }) => update_id)).toEqual([1, 5]);
  });

  test('who writes is noted once a minute, and at once where their name changes or the clock went back', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const start = clock.now();
    let updates = 0;
    const noted = async (firstName = 'Ana') => {
      await hub.update(privateMessage(++updates, { text: 'Hola' }, { first_name: firstName }));
      const { first_name, last_interaction } = await userOf(hub, 1001);
      return [first_name, last_interaction - start];
    };
    expect(await noted()).toEqual(['Ana', 0]);
    clock.correct(59_999);
    expect(await noted()).toEqual(['Ana', 0]);
    expect(await noted('Eva')).toEqual(['Eva', 59_999]);
    clock.correct(60_000);
    expect(await noted('Eva')).toEqual(['Eva', 119_999]);
    clock.correct(-30_000);
    expect(await noted('Eva')).toEqual(['Eva', 89_999]);
    expect(await instructionsOf(hub)).toHaveLength(5);
  });

  test('a person who blocks the bot in the chat goes inactive', async () => {
    const hub = await startHub({ database });
    await connectTelegram(hub);
    const ana = hub.emulator.person({ id: 42, first_name: 'Ana' });
    ana.send('/id');
    await ana.waitForMessage();
    ana.block(true);
    await hub.emulator.drained();
    expect(await userOf(hub, 42)).toMatchObject({ is_active: 0 });
  });

  test('groups, channels, bots and other kinds are kept with their reason and as they came', async () => {
    const hub = await startHub({ database });
    await hub.tpv();
    const group = { id: -5, type: 'group', title: 'Bar' };
    const updates: [update: object, kind: string, reason: string][] = [
      [{ update_id: 1, message: { ...messageBody(1, { text: 'x' }), chat: group } }, 'message', 'message in a group'],
      [
        { update_id: 2, message: { ...messageBody(1, { text: '/start' }), chat: { id: -6, type: 'supergroup' } } },
        'message',
        'message in a supergroup',
      ],
      [
        { update_id: 3, message: { ...messageBody(1, { text: 'x' }), chat: { id: -7, type: 'channel' } } },
        'message',
        'message in a channel',
      ],
      [privateMessage(4, { text: 'x' }, { is_bot: true }), 'message', 'message that no person sent'],
      [membership(5, 'kicked', group), 'my_chat_member', 'membership in a group'],
      [
        { update_id: 6, channel_post: { ...messageBody(1, { text: 'x' }), chat: { id: -7, type: 'channel' } } },
        'channel_post',
        'a kind of update that is not handled',
      ],
      [{ update_id: 7, poll: { id: '1' } }, 'poll', 'a kind of update that is not handled'],
      [privateMessage(9, { text: 'x'.repeat(70_000) }), 'message', 'message too large to hand out'],
      [{ update_id: 8 }, 'unknown', 'a kind of update that is not handled'],
    ];
    for (const [update] of updates) expect(await hub.update(update)).toMatchObject({ status: 200, body: { ok: true } });
    expect(await updatesOf(hub)).toMatchObject(
      updates.map(([update, kind, reason]) => ({ kind, reason, outcome: 'kept', raw: JSON.stringify(update) })),
    );
    expect(await instructionsOf(hub)).toEqual([]);
  });

  test('what can not be understood is answered 200 and kept as it came', async () => {
    const hub = await startHub({ database });
    await hub.tpv();
    const bodies: [body: string, updateId: number | null, reason: RegExp][] = [
      ['{"update_id": 1, "message": ', null, /not JSON/],
      ['', null, /not JSON/],
      ['[]', null, /./],
      ['null', null, /./],
      ['"text"', null, /./],
      ['{}', null, /update_id/],
      ['{"update_id": "5", "message": {}}', null, /update_id/],
      ['{"update_id": 1.5}', null, /update_id/],
      ['{"update_id": 9007199254740993}', null, /update_id/],
      ['{"update_id": 11, "message": {"text": "no chat"}}', 11, /message/],
      ['{"update_id": 12, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "moon"}}}', 12, /chat/],
      ['{"update_id": 13, "callback_query": {"id": 7}}', 13, /callback_query/],
      ['{"update_id": 14, "m\\u0000\\ud800": 1}', 14, /not handled/],
    ];
    for (const [body] of bodies) {
      const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
      expect(await hub.fetch('/webhook/telegram/', { method: 'POST', body, headers })).toMatchObject({ status: 200 });
    }
    const kept = await updatesOf(hub);
    expect(kept.map(({ raw, update_id }) => [raw, update_id])).toEqual(bodies.map(([body, id]) => [body, id]));
    for (const [i, [, , reason]] of bodies.entries()) expect(kept[i]?.reason).toMatch(reason);
    expect((await hub.message(20, 'Hola')).status).toBe(200);
    expect(await instructionsOf(hub)).toMatchObject([{ update_id: 20 }]);
  });

  test('the same update again is 200 and changes nothing, whatever it carries', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    expect((await hub.message(1, 'Hola')).body).toEqual({ ok: true });
    expect((await hub.message(1, 'something else')).body).toEqual({ ok: true });
    expect((await tpv.fetch('/api/tpv/instructions/')).body).toMatchObject({
      count: 1,
      instructions: [{ payload: { text: 'Hola' } }],
    });
    expect((await hub.message(1, 'Hola')).status).toBe(200);
    expect(await instructionsOf(hub)).toHaveLength(1);
    expect(await updatesOf(hub)).toHaveLength(1);
  });

  test('the same update fifty times at once is one row, and all are answered 200', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const answers = await Promise.all(Array.from({ length: 50 }, () => hub.message(1, 'Hola')));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'completed');
    expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(1);
    expect(await instructionsOf(hub)).toHaveLength(1);
    expect(await updatesOf(hub)).toHaveLength(1);
  });

  test('both addresses of the webhook take updates', async () => {
    const hub = await startHub({ database });
    await hub.tpv();
    const headers = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
    for (const [i, path] of ['/telegram', '/telegram/', '/webhook/telegram', '/webhook/telegram/'].entries()) {
      const json = privateMessage(i + 1, { text: path });
      expect(await hub.fetch(path, { method: 'POST', json, headers })).toMatchObject({ status: 200 });
    }
    expect(await instructionsOf(hub)).toHaveLength(4);
  });
});
