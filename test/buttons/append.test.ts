import { describe, expect, test } from 'vitest';
import { appendToPush } from '../../src/buttons/append.ts';
import { buttonScene, messageOf } from '../support/buttons.ts';
import { DIALECTS } from '../support/hub.ts';

const YES = [[{ text: 'Sí', action: 'yes' }]];
const CASES = [
  {
    name: 'MarkdownV2 that its TPV did not escape',
    message: { parse_mode: 'MarkdownV2', text: '*Pedido 12*\\. Total: 5\\.00 €' },
    addition: '✅ Confirmado. ¡Gracias! (a_b)',
    shown: 'Pedido 12. Total: 5.00 €\n\n✅ Confirmado. ¡Gracias! (a_b)',
    entities: ['bold'],
  },
  {
    name: 'MarkdownV2 as it is meant',
    message: { parse_mode: 'MarkdownV2', text: '*Pedido 12*' },
    addition: '_Confirmado_\\.',
    shown: 'Pedido 12\n\nConfirmado.',
    entities: ['bold', 'italic'],
  },
  {
    name: 'HTML that is none',
    message: { text: '<b>Pedido 12</b>' },
    addition: '✅ Mesa <3 & punto',
    shown: 'Pedido 12\n\n✅ Mesa <3 & punto',
    entities: ['bold'],
  },
  {
    name: 'HTML',
    message: { text: '<b>Pedido 12</b>' },
    addition: '<i>Hecho</i>',
    shown: 'Pedido 12\n\nHecho',
    entities: ['bold', 'italic'],
  },
  {
    name: 'what a message takes whose own markup was none',
    message: { text: 'Total <5 €' },
    addition: '✅ <3',
    shown: 'Total <5 €\n\n✅ <3',
    entities: [],
  },
];

describe.each(DIALECTS)('new_text on %s', (database) => {
  test.each(CASES)('is shown with its message’s markup: $name', async ({ message, addition, shown, entities }) => {
    const { hub, tpv, ana, hang, clock } = await buttonScene({ database });
    const socket = await tpv.socket();
    const { messageId, pushId } = await hang(YES, message);
    await clock.advance(1_000);
    const { answered } = ana.press(messageId, 0);
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'completed', { response: { text: 'Bien', new_text: addition } });
    await answered;
    const last = await ana.waitForMessage(({ text }) => text === shown);
    expect((last.entities ?? []).map(({ type }) => type)).toEqual(entities);
    expect(messageOf(ana, messageId)).toEqual({ text: shown, buttons: [] });
    // Once more, as after a crash between the edit and its row: nothing is appended twice.
    const waiting = () => hub.hub.db.read.selectFrom('push_changes').selectAll().execute();
    await expect.poll(waiting).toEqual([]);
    const ask = () => Promise.reject(new Error('It is there already.'));
    expect(await appendToPush({ db: hub.hub.db, changes: { ask } }, pushId, addition)).toEqual({ kind: 'appended' });
  });
});
