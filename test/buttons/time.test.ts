import { describe, expect, test, vi } from 'vitest';
import { type ButtonScene, buttonScene, EXPIRED, messageOf, PROCESSING } from '../support/buttons.ts';
import { DIALECTS } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const YES = [[{ text: 'Sí', action: 'yes' }]];
const SECOND = 1_000;

/** A pressed button, and its instruction at the TPV's socket. */
async function pressed(scene: ButtonScene) {
  const socket = await scene.tpv.socket();
  const { messageId } = await scene.hang(YES);
  const press = scene.ana.press(messageId, 0);
  const { instruction } = await socket.next('instruction');
  return { socket, messageId, press, instruction };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a press that its TPV does not report on within 10 s ends the spinner, and a later text comes as a message', async () => {
    const scene = await buttonScene({ database });
    const { socket, messageId, press, instruction } = await pressed(scene);
    const { ana, clock, shown } = scene;
    await clock.advance(9_999);
    expect(await socket.report(instruction.id, 'processing')).toMatchObject({ ok: true });
    expect(shown()).toEqual([]);
    await clock.advance(1);
    expect(await press.answered).toMatchObject({ text: PROCESSING, show_alert: false });
    await clock.advance(30 * SECOND);
    await socket.report(instruction.id, 'completed', { response: { text: 'Ya <está>', new_text: 'Hecho.' } });
    await ana.waitForMessage(({ text }) => text === 'Ya <está>');
    expect(messageOf(ana, messageId)).toEqual({ text: '¿Activar?\n\nHecho.', buttons: [] });
    expect(shown()).toEqual([PROCESSING]);
  });

  test('a press that was reported on in time is not said to be in progress', async () => {
    const scene = await buttonScene({ database });
    const { socket, press, instruction } = await pressed(scene);
    await socket.report(instruction.id, 'completed', { response: { text: 'Sí' } });
    expect(await press.answered).toMatchObject({ text: 'Sí' });
    await scene.clock.advance(30 * SECOND);
    expect(scene.shown()).toEqual(['Sí']);
  });

  test('a press that its TPV never answers fails after 150 s, and its person is told once', async () => {
    const scene = await buttonScene({ database });
    const { hub, ana, clock, presses } = scene;
    const { instruction, socket, press } = await pressed(scene);
    await socket.report(instruction.id, 'processing');
    await clock.jump(149 * SECOND);
    expect(await press.answered).toMatchObject({ text: PROCESSING });
    expect(await presses()).toMatchObject([{ status: 'processing' }]);
    await vi.waitFor(async () => {
      await clock.advance(SECOND);
      expect(await presses()).toMatchObject([{ status: 'failed', error_message: 'expirada' }]);
    }, WAIT_MS);
    expect(await socket.next('revoked')).toMatchObject({ id: instruction.id, reason: 'expired' });
    await ana.waitForMessage(({ text }) => text?.startsWith('⚠️ El local no ha respondido.') === true);
    await clock.advance(60 * SECOND);
    expect(await socket.report(instruction.id, 'completed')).toMatchObject({ ok: false });
    await hub.hub.db.transact(async () => {});
    expect(ana.chat.filter(({ text }) => text?.includes('no ha respondido'))).toHaveLength(1);
    expect(ana.chat.some(({ text }) => text?.includes('caducado'))).toBe(false);
  });

  test('a press of a TPV that is away waits for it, no longer than PRESS_TTL_SECONDS says', async () => {
    const scene = await buttonScene({ database, env: { PRESS_TTL_SECONDS: '20' } });
    const { hub, tpv, ana, clock, hang } = scene;
    const { messageId } = await hang(YES);
    const first = ana.press(messageId, 0);
    await hub.emulator.drained();
    await clock.advance(5 * SECOND);
    const socket = await tpv.socket();
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'completed', { response: { text: 'Aquí estoy' } });
    expect(await first.answered).toMatchObject({ text: 'Aquí estoy' });
    socket.cut();
    const again = await hang(YES);
    ana.press(again.messageId, 0);
    await hub.emulator.drained();
    await clock.jump(19 * SECOND);
    await vi.waitFor(async () => {
      await clock.advance(SECOND);
      expect(await scene.presses()).toMatchObject([{ status: 'completed' }, { status: 'failed' }]);
    }, WAIT_MS);
    await ana.waitForMessage(({ text }) => text?.startsWith('⚠️ El local no ha respondido.') === true);
  });

  test('a double tap within 5 s is counted once, and both spinners end', async () => {
    const scene = await buttonScene({ database });
    const { hub, tpv, ana, clock, hang, presses } = scene;
    const socket = await tpv.socket();
    const { messageId } = await hang(YES, { single_use: false });
    const first = ana.press(messageId, 0);
    const { instruction } = await socket.next('instruction');
    await clock.advance(4_999);
    const second = ana.press(messageId, 0);
    await hub.emulator.drained();
    expect(await presses()).toHaveLength(1);
    expect((await second.answered).text ?? '').toBe('');
    await socket.report(instruction.id, 'completed', { response: { text: 'Una' } });
    expect(await first.answered).toMatchObject({ text: 'Una' });
    expect(await presses()).toHaveLength(1);
    await clock.advance(1);
    ana.press(messageId, 0);
    await socket.next('instruction');
    expect(await presses()).toHaveLength(2);
  });

  test('a double tap on a button of single use is no expired one', async () => {
    const scene = await buttonScene({ database });
    const { ana, clock, presses } = scene;
    const { messageId } = await pressed(scene);
    await clock.advance(SECOND);
    expect((await ana.press(messageId, 0).answered).text ?? '').toBe('');
    await clock.advance(5 * SECOND);
    expect(await ana.press(messageId, 0).answered).toMatchObject({ text: EXPIRED });
    expect(await presses()).toHaveLength(1);
  });

  test('a button works as long as expires_in says, and not a moment longer', async () => {
    const scene = await buttonScene({ database });
    const { ana, clock, hang, presses } = scene;
    const pushed = await hang(YES, { expires_in: 60, single_use: false });
    await clock.advance(59_999);
    ana.press(pushed.messageId, 0);
    await scene.hub.emulator.drained();
    expect(await presses()).toHaveLength(1);
    await clock.advance(5_001);
    const tooLate = ana.press(pushed.messageId, 0);
    await scene.hub.emulator.drained();
    expect(await presses()).toHaveLength(1);
    expect(await tooLate.answered).toMatchObject({ text: EXPIRED, show_alert: true });
    expect(messageOf(ana, pushed.messageId)).toEqual({ text: '¿Activar?', buttons: ['Sí'] });
  });

  test('a button works for a day where its push does not say how long', async () => {
    const { ana, clock, hang, hub, presses } = await buttonScene({ database });
    const [one, other] = [await hang(YES), await hang(YES)];
    await clock.jump(86_400_000 - 2 * SECOND);
    ana.press(one.messageId, 0);
    await hub.emulator.drained();
    expect(await presses()).toHaveLength(1);
    await clock.jump(2 * SECOND);
    const tooLate = ana.press(other.messageId, 0);
    await hub.emulator.drained();
    expect(await presses()).toHaveLength(1);
    expect(await tooLate.answered).toMatchObject({ text: EXPIRED });
  });

  test('a button that works longer than messages are kept still works', async () => {
    const { ana, clock, hang, hub, presses } = await buttonScene({ database });
    const [long, short] = [await hang(YES, { expires_in: 30 * 86_400 }), await hang(YES)];
    await clock.jump(20 * 86_400_000);
    const kept = () => hub.hub.db.read.selectFrom('push_messages').select('id').execute();
    await vi.waitFor(async () => {
      await clock.advance(SECOND);
      expect(await kept()).toEqual([{ id: long.pushId }]);
    }, WAIT_MS);
    ana.press(long.messageId, 0);
    await hub.emulator.drained();
    expect(await presses()).toHaveLength(1);
    expect(await ana.press(short.messageId, 0).answered).toMatchObject({ text: EXPIRED });
    await clock.jump(40 * 86_400_000);
    await vi.waitFor(async () => {
      await clock.advance(SECOND);
      expect(await kept()).toEqual([]);
      expect(await hub.hub.db.read.selectFrom('buttons').select('token').execute()).toEqual([]);
      expect(await hub.hub.db.read.selectFrom('presses').select('query_id').execute()).toEqual([]);
    }, WAIT_MS);
  });
});
