import { describe, expect, test } from 'vitest';
import { enqueue, hubSentence } from '../../src/push/enqueue.ts';
import { type HubActions, type HubPressAnswer, hubButton, hubButtonOf } from '../../src/push/hub-button.ts';
import { pressHubButton } from '../../src/telegram/inbound/hub-press.ts';
import { meaningOf } from '../../src/telegram/inbound/meaning.ts';
import { updateSchema } from '../../src/telegram/inbound/update.ts';
import { buttonScene } from '../support/buttons.ts';
import { startDispatcher, type TestDispatcher } from '../support/dispatcher.ts';
import { DIALECTS } from '../support/hub.ts';

const ANA = 42;

/** The actions of a hub that has one: it says the arg over the chat, and that it is done on the message. */
const ACTIONS: HubActions = {
  say: async (_tx, { arg }) => ({ text: arg, message: { text: '<b>Hecho.</b>' } }),
};

/** Reads what Telegram tells of a press as the hub does, and does what it asks for. */
async function press(hub: TestDispatcher, messageId: number | undefined, data: string) {
  const answers: { queryId: string; answer: HubPressAnswer; committed: boolean }[] = [];
  const message = messageId === undefined ? {} : { message: { message_id: messageId } };
  const from = { id: ANA, first_name: 'Ana' };
  const update = updateSchema.parse({ update_id: 1, callback_query: { id: 'q1', from, data, ...message } });
  const meaning = meaningOf(update, { forwardEdits: false });
  if (meaning.kind !== 'hub_press') throw new Error(`It means ${meaning.kind}.`);
  let committed = false;
  const ports = {
    actions: ACTIONS,
    changes: hub.dispatcher.changes,
    answer: (queryId: string, answer: HubPressAnswer) => answers.push({ queryId, answer, committed }),
    texts: { of: () => ({ press: { expired: 'caducado' } }) },
  };
  await hub.db.transact(async (tx) => {
    tx.afterCommit(() => {
      committed = true;
    });
    await pressHubButton(tx, ports, meaning, hub.clock.now());
  });
  await hub.idle();
  return answers;
}

async function messageIn(hub: TestDispatcher): Promise<{ id: string; messageId: number }> {
  const sentence = hubSentence(ANA, '¿Seguro?', { keyboard: [[hubButton('Sí', 'say', 'Vale')]] });
  const id = await hub.db.transact((tx) => enqueue(tx, sentence, hub.clock.now()));
  await hub.idle();
  const { telegram_message_id: messageId } = await hub.row(id);
  if (messageId === null) throw new Error('It was not sent.');
  return { id, messageId };
}

describe.each(DIALECTS)('a press on a button of the hub’s own on %s', (database) => {
  test('does its action, is answered after the commit, and changes its message', async () => {
    const hub = await startDispatcher({ database });
    const { id, messageId } = await messageIn(hub);
    const answers = await press(hub, messageId, 'hub:say:Vale');
    expect(answers).toMatchObject([{ queryId: 'q1', answer: { text: 'Vale' }, committed: true }]);
    expect(hub.changes).toMatchObject([{ kind: 'edit', text: '<b>Hecho.</b>' }]);
    expect(await hub.row(id)).toMatchObject({ text: '<b>Hecho.</b>', reply_markup: '{"inline_keyboard":[]}' });
  });

  test.each([undefined, 999])('on message %s, which the hub does not know, brings a new one', async (messageId) => {
    const hub = await startDispatcher({ database });
    await press(hub, messageId, 'hub:say:Vale');
    expect(hub.got).toMatchObject([{ chatId: ANA, text: '<b>Hecho.</b>' }]);
  });

  test.each(['hub:nothing', 'hub:constructor:x'])('with %s, which names no action, has expired', async (data) => {
    const hub = await startDispatcher({ database });
    expect(await press(hub, 1, data)).toMatchObject([{ answer: { text: 'caducado', alert: true } }]);
    expect(hub.got).toEqual([]);
  });

  test('never reaches a TPV, also where the hub knows no such action', async () => {
    const { hub, ana, hang } = await buttonScene({ database });
    const { messageId } = await hang([[{ text: 'Sí', action: 'yes' }]]);
    const update = { message: { message_id: messageId }, from: { id: ana.id, first_name: 'Ana' } };
    await hub.update({ update_id: 900, callback_query: { ...update, id: 'q9', data: 'hub:nothing' } });
    expect(await hub.hub.db.read.selectFrom('presses').selectAll().execute()).toEqual([]);
    expect(await hub.emulator.waitForCall(({ method }) => method === 'answerCallbackQuery')).toMatchObject({
      params: { callback_query_id: 'q9', text: '⚠️ Esta acción ha expirado' },
    });
  });
});

test('a button carries its action, and what it is about', () => {
  expect(hubButton('Sí', 'cancel', '0193')).toEqual({ text: 'Sí', callback_data: 'hub:cancel:0193' });
  expect(hubButtonOf('hub:cancel:0193')).toEqual({ action: 'cancel', arg: '0193' });
  expect(hubButtonOf('hub:privacy')).toEqual({ action: 'privacy', arg: '' });
  expect(() => hubButton('Sí', 'cancel', 'x'.repeat(60))).toThrow();
  expect(() => hubButton('Sí', 'cancel', 'a|b')).toThrow();
});

test.each(['hub:sí|token', 'hub:x:y|token', 'hub', 'hub:', 'AbCd_-12', 'https://tpv.example/hub:x'])(
  '%s is no button of the hub’s own',
  (data) => {
    expect(hubButtonOf(data)).toBeUndefined();
  },
);
