import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { buttonScene, messageOf } from '../support/buttons.ts';
import { DIALECTS } from '../support/hub.ts';
import { startProxy } from '../support/proxy.ts';
import { updatesOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const ACTIVATE = [[{ text: '✅ Activar', action: 'activate', data: { device: 7, tags: ['a', null] } }]];
const DONE = { status: 'completed', response: { text: '✅ Hecho aquí' } };

describe.each(DIALECTS)('a press on %s', (database) => {
  test('reaches its TPV’s socket as the contract says, and what the TPV reports is shown', async () => {
    const { hub, tpv, ana, hang } = await buttonScene({ database });
    const socket = await tpv.socket();
    const { pushId, messageId } = await hang(ACTIVATE);
    const { answered, callbackQueryId, updateId } = ana.press(messageId, 0);
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({
      command: 'process_callback',
      status: 'sent',
      priority: 1,
      telegram_user_id: ana.id,
      telegram_username: 'ana',
    });
    expect(instruction.payload).toEqual({
      chat_id: ana.id,
      message_id: messageId,
      push_message_id: pushId,
      action: 'activate',
      data: { device: 7, tags: ['a', null] },
      callback_query_id: callbackQueryId,
    });
    expect(Date.parse(instruction.expires_at) - Date.parse(instruction.created_at)).toBe(150_000);
    await socket.report(instruction.id, 'processing');
    await socket.report(instruction.id, 'completed', { response: { text: '✅ Dispositivo activado' } });
    expect(await answered).toMatchObject({ text: '✅ Dispositivo activado', show_alert: false });
    // Nothing asked for the message to change.
    expect(messageOf(ana, messageId)).toEqual({ text: '¿Activar?', buttons: ['✅ Activar'] });
    await hub.emulator.drained();
    expect((await updatesOf(hub)).at(-1)).toMatchObject({
      update_id: updateId,
      kind: 'callback_query',
      outcome: 'answered',
      raw: null,
    });
  });

  test('comes before the messages that wait, over a poll too, and its report over REST is shown', async () => {
    const { hub, tpv, ana, hang, clock } = await buttonScene({ database });
    const { messageId } = await hang([[{ text: 'Sí', action: 'yes' }]]);
    for (let i = 1; i <= 3; i++) await hub.message(i, `mensaje ${i}`, ana.id);
    await clock.advance(10);
    const { answered } = ana.press(messageId, 'Sí');
    await hub.emulator.drained();
    const { body } = await tpv.fetch('/api/tpv/instructions/?limit=2');
    expect(body.instructions).toMatchObject([
      { command: 'process_callback', priority: 1, payload: { action: 'yes', data: null } },
      { command: 'process_message', priority: 5, payload: { text: 'mensaje 1' } },
    ]);
    const path = `/api/tpv/instructions/${body.instructions[0].id}/`;
    expect((await tpv.fetch(path, { method: 'PATCH', json: DONE })).status).toBe(200);
    expect(await answered).toMatchObject({ text: '✅ Hecho aquí' });
  });

  test('goes to a socket whose window is full before the messages that wait for room', async () => {
    const { hub, tpv, ana, hang } = await buttonScene({ database });
    const { messageId } = await hang([[{ text: 'Sí', action: 'yes' }]]);
    const socket = await tpv.socket({ maxInFlight: 1 });
    await socket.sync();
    for (let i = 1; i <= 3; i++) await hub.message(i, `mensaje ${i}`, ana.id);
    const first = await socket.next('instruction');
    ana.press(messageId, 'Sí');
    await hub.emulator.drained();
    await socket.report(first.instruction.id, 'completed');
    expect(await socket.next('instruction')).toMatchObject({ instruction: { command: 'process_callback' } });
  });

  test('that fails shows what its TPV says, as an alert where it asks for one', async () => {
    const { tpv, ana, hang } = await buttonScene({ database });
    const socket = await tpv.socket();
    const press = async (report: Record<string, unknown>) => {
      const { messageId } = await hang([[{ text: 'Sí', action: 'yes' }]]);
      const { answered } = ana.press(messageId, 0);
      const { instruction } = await socket.next('instruction');
      await socket.report(instruction.id, String(report.status), report);
      return answered;
    };
    expect(await press({ status: 'failed', response: { text: 'Está apagado', show_alert: true } })).toMatchObject({
      text: 'Está apagado',
      show_alert: true,
    });
    expect(await press({ status: 'failed', error_message: 'ECONNREFUSED 10.0.0.7' })).toMatchObject({
      text: '❌ No se ha podido completar.',
    });
    expect(await press({ status: 'completed' })).toMatchObject({ text: '✅ Hecho' });
    // Whatever else a TPV keeps as its response is its own business.
    for (const response of [{ text: 7, order: 1 }, ['x'], 'hecho', 42, { text: '\u0000\ud800' }]) {
      const { text } = await press({ status: 'completed', response });
      expect(text).toBe(
        typeof response === 'object' && 'text' in response && response.text !== 7 ? '\ufffd\ufffd' : '✅ Hecho',
      );
    }
  });

  test('appends new_text to its message as the message is formatted, and takes the buttons away', async () => {
    const { tpv, ana, hang, hub } = await buttonScene({ database });
    const socket = await tpv.socket();
    const { messageId, pushId } = await hang(ACTIVATE, { text: 'El <b>horno</b> & yo' });
    ana.press(messageId, 0);
    const { instruction } = await socket.next('instruction');
    const response = { text: 'Activado', new_text: '✅ <i>Activado</i>' };
    await socket.report(instruction.id, 'completed', { response });
    const changed = await ana.waitForMessage(({ text }) => text?.includes('Activado') === true);
    expect(changed).toMatchObject({ message_id: messageId, text: 'El horno & yo\n\n✅ Activado' });
    expect(changed.entities?.map(({ type }) => type)).toEqual(['bold', 'italic']);
    expect(messageOf(ana, messageId).buttons).toEqual([]);
    await hub.hub.db.transact(async () => {});
    await vi.waitFor(async () => {
      const rows = await hub.hub.db.read.selectFrom('push_messages').select('text').where('id', '=', pushId).execute();
      expect(rows).toEqual([{ text: 'El <b>horno</b> & yo\n\n✅ <i>Activado</i>' }]);
    }, WAIT_MS);
  });

  test('whose message has no room or no place for new_text gets it as a message, and the buttons go', async () => {
    const { tpv, ana, hang, clock } = await buttonScene({ database });
    const socket = await tpv.socket();
    const full = 'a'.repeat(4_090);
    const place = { message_type: 'location', data: { latitude: 40.4, longitude: -3.7 }, text: '' };
    for (const [i, fields] of [{ text: full }, place].entries()) {
      const { messageId } = await hang(ACTIVATE, fields);
      await clock.advance(1_000);
      ana.press(messageId, 0);
      const { instruction } = await socket.next('instruction');
      await socket.report(instruction.id, 'completed', { response: { new_text: `Activado ${i}` } });
      await ana.waitForMessage(({ text }) => text === `Activado ${i}`);
      expect(messageOf(ana, messageId)).toEqual({ text: fields.text || undefined, buttons: [] });
    }
  });

  test('with a text of more than 200 characters ends the spinner, and the text comes as a message', async () => {
    const { tpv, ana, hang, clock } = await buttonScene({ database });
    const socket = await tpv.socket();
    for (const [length, over] of [
      [200, true],
      [201, false],
      [4_096, false],
    ] as const) {
      const { messageId } = await hang(ACTIVATE);
      await clock.advance(1_000);
      const { answered } = ana.press(messageId, 0);
      const { instruction } = await socket.next('instruction');
      const text = `<b>${'x'.repeat(length - 3)}`;
      await socket.report(instruction.id, 'completed', { response: { text } });
      expect((await answered).text ?? '').toBe(over ? text : '');
      if (!over) await ana.waitForMessage((message) => message.text === text);
    }
  });

  test('that Telegram does not take the answer of gets it as a message', async () => {
    const { hub, tpv, ana, hang, clock } = await buttonScene({ database });
    const socket = await tpv.socket();
    const { messageId } = await hang(ACTIVATE);
    await clock.advance(1_000);
    const description = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
    hub.emulator.fail({ method: 'answerCallbackQuery', how: { kind: 'error', code: 400, description } });
    ana.press(messageId, 0);
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'completed', { response: { text: '✅ Activado' } });
    expect(await ana.waitForMessage(({ text }) => text === '✅ Activado')).toBeDefined();
  });

  test.each([
    // The answer is on its way for as long as the test lasts, and then never comes; or the connection is cut at once.
    { how: 'before Telegram’s answer to its message came', late: true },
    { how: 'after a message that Telegram never answered for', late: false },
  ])('$how works, and its message changes', async ({ late }) => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const proxy = await startProxy(emulator.apiRoot);
    const { hub, tpv, ana, hang, clock } = await buttonScene({
      database,
      emulator,
      env: { TELEGRAM_API_ROOT: proxy.url },
    });
    const socket = await tpv.socket();
    // From now on a connection to Telegram is open.
    await hang(ACTIVATE, { text: 'Antes' });
    await clock.advance(1_000);
    if (late) proxy.swallowAnswers();
    else emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
    const json = { telegram_user_id: ana.id, text: '¿Activar?', buttons: ACTIVATE };
    const pushed = tpv.fetch('/api/tpv/push/', { method: 'POST', json });
    const { message_id: messageId } = await ana.waitForMessage(({ text }) => text === '¿Activar?');
    const { answered } = ana.press(messageId, 0);
    const { instruction } = await socket.next('instruction');
    expect(instruction.payload).toMatchObject({ message_id: messageId, push_message_id: expect.any(String) });
    await socket.report(instruction.id, 'completed', { response: { text: 'Activado', new_text: 'Listo.' } });
    expect(await answered).toMatchObject({ text: 'Activado' });
    // A chat's calls wait for one another, and after a doubt for a probe.
    if (late) {
      const rows = hub.hub.db.read.selectFrom('push_messages').select('status').where('status', '!=', 'sent');
      expect(await rows.execute()).toEqual([{ status: 'sending' }]);
      proxy.cut();
    }
    const shown = async () => {
      await clock.advance(1_000);
      return messageOf(ana, messageId).text;
    };
    await expect.poll(shown).toBe('¿Activar?\n\nListo.');
    const { body } = await pushed;
    expect((await tpv.fetch(`/api/tpv/push/${body.push_message_id}/`)).body).toMatchObject({
      status: 'sent',
      telegram_message_id: messageId,
    });
  });

  test('uses up all of its message’s buttons, and no other message’s', async () => {
    const { tpv, ana, hang, clock, presses, forge } = await buttonScene({ database });
    const socket = await tpv.socket();
    const rows = [[{ text: 'Sí', action: 'yes' }], [{ text: 'No', action: 'no' }]];
    const one = await hang(rows);
    const other = await hang(rows);
    ana.press(one.messageId, 'Sí');
    await socket.next('instruction');
    await clock.advance(6_000);
    for (const data of one.tokens) {
      expect(await forge({ data, messageId: one.messageId })).toMatchObject({ text: '⚠️ Esta acción ha expirado' });
    }
    ana.press(other.messageId, 'No');
    expect(await socket.next('instruction')).toMatchObject({ instruction: { payload: { action: 'no' } } });
    expect(await presses()).toHaveLength(2);
  });

  test('with single_use false leaves the buttons as they are', async () => {
    const { tpv, ana, hang, clock } = await buttonScene({ database });
    const socket = await tpv.socket();
    const { messageId } = await hang(
      [
        [
          { text: '+1', action: 'more' },
          { text: '-1', action: 'less' },
        ],
      ],
      {
        single_use: false,
      },
    );
    for (const [button, action] of [
      ['+1', 'more'],
      ['-1', 'less'],
      ['+1', 'more'],
    ] as const) {
      const { answered } = ana.press(messageId, button);
      const { instruction } = await socket.next('instruction');
      expect(instruction.payload).toMatchObject({ action });
      await socket.report(instruction.id, 'completed', { response: { text: action } });
      expect(await answered).toMatchObject({ text: action });
      await clock.advance(5_000);
    }
  });

  test('stays with the TPV that hung the button, also where its person has another by then', async () => {
    const { hub, tpv, ana, hang } = await buttonScene({ database });
    const { messageId } = await hang(ACTIVATE);
    const other = await hub.tpv();
    ana.press(messageId, 0);
    await hub.emulator.drained();
    const json = { tpv_id: other.id };
    expect((await hub.admin(`/api/admin/users/${ana.id}/tpv`, { method: 'PUT', json })).status).toBe(200);
    expect((await other.fetch('/api/tpv/instructions/')).body.count).toBe(0);
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toMatchObject([{ command: 'process_callback' }]);
  });

  test('on a button of a TPV that is deactivated goes to no other, and its person is told', async () => {
    const { hub, tpv, ana, hang, clock, presses } = await buttonScene({ database });
    const { messageId } = await hang(ACTIVATE);
    const other = await hub.tpv();
    ana.press(messageId, 0);
    await hub.emulator.drained();
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate`, { method: 'POST' })).status).toBe(200);
    // The inbox is looked through every second, and the press lives for 150 of them.
    await clock.advance(10_000);
    expect((await other.fetch('/api/tpv/instructions/')).body.count).toBe(0);
    await clock.jump(140_000);
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(await presses()).toMatchObject([{ tpv_id: tpv.id, status: 'failed', error_message: 'expirada' }]);
    }, WAIT_MS);
    expect((await other.fetch('/api/tpv/instructions/')).body.count).toBe(0);
    await ana.waitForMessage(({ text }) => text?.includes('El local no ha respondido') === true);
  });
});
