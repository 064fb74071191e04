import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/push/change.ts';
import { isChanging } from '../../src/push/change-store.ts';
import type { ChangeOutcome } from '../../src/push/send-port.ts';
import { sent, startDispatcher, type TestDispatcher } from '../support/dispatcher.ts';
import { DIALECTS } from '../support/hub.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const changed: ChangeOutcome = { kind: 'changed', asPlain: false };
const limited: ChangeOutcome = {
  kind: 'refused',
  code: 429,
  description: 'Too Many Requests',
  retryAfterMs: 7 * SECOND,
};
const unreachable: ChangeOutcome = { kind: 'unreachable', description: 'ECONNREFUSED' };

/** A message that is in its chat. */
async function inChat(hub: TestDispatcher, chatId: number, text = 'a'): Promise<string> {
  const id = await hub.push(chatId, text);
  await hub.idle();
  return id;
}

/** Asks for a change, and lets it get as far as it gets now. */
async function ask(hub: TestDispatcher, id: string, change: Change, ms?: number) {
  const done = hub.dispatcher.changes.ask(await hub.row(id), change, ms);
  done.catch(() => {});
  await hub.idle();
  return { done };
}

describe.each(DIALECTS)('changes on %s', (database) => {
  test('of one message follow one another: the newest wins, and each caller hears how it went', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    const gate = Promise.withResolvers<ChangeOutcome>();
    hub.answerChange = () => gate.promise;
    const first = await ask(hub, id, { text: 'b' });
    const others = [];
    for (const text of ['c', 'd', 'e']) others.push(await ask(hub, id, { text }));
    gate.resolve(changed);
    await hub.clock.advance(5 * SECOND);
    expect(hub.changes.map(({ text }) => text)).toEqual(['b', 'e']);
    expect(await first.done).toMatchObject({ text: 'b' });
    for (const { done } of others) expect(await done).toMatchObject({ text: 'e' });
    expect(await hub.row(id)).toMatchObject({ text: 'e' });
  });

  test('of one message keep what a newer one does not touch', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    hub.answerChange = () => limited;
    const text = await ask(hub, id, { text: 'b' });
    const keyboard = async () => [[{ text: 'Ver', url: 'https://tpv.example/' }]];
    const buttons = await ask(hub, id, { keyboard });
    hub.answerChange = () => changed;
    await hub.clock.advance(8 * SECOND);
    for (const { done } of [text, buttons]) expect(await done).toMatchObject({ text: 'b' });
    expect((await hub.row(id)).reply_markup).toContain('Ver');
    expect(hub.changes.map(({ kind }) => kind)).toEqual(['edit', 'edit']);
  });

  test('leave at the pace of their chat, with its messages', async () => {
    const hub = await startDispatcher({ database });
    const ids = [];
    for (let i = 0; i < 12; i++) ids.push(await hub.push(1, `${i}`));
    await hub.clock.advance(60 * SECOND);
    const from = hub.clock.now();
    for (const id of ids) await ask(hub, id, { text: 'x' });
    await hub.clock.advance(SECOND / 2);
    const times = () => hub.changes.map(({ at }) => at);
    expect(times()).toHaveLength(5);
    await hub.push(1, 'after');
    await hub.clock.advance(30 * SECOND);
    expect(times()).toHaveLength(12);
    expect(Math.max(...times()) - (from - hub.started)).toBeGreaterThanOrEqual(7 * SECOND);
    const last = hub.got.at(-1);
    expect([last?.text, (last?.at ?? 0) >= Math.max(...times())]).toEqual(['after', true]);
  });

  test('that Telegram limits let their chat rest, its messages too, and no other', async () => {
    const hub = await startDispatcher({ database });
    const [id, other] = [await inChat(hub, 1), await inChat(hub, 2)];
    hub.answerChange = ({ chatId }) => (chatId === 1 && hub.changes.length === 1 ? limited : changed);
    const { done } = await ask(hub, id, { text: 'b' });
    const from = hub.clock.now();
    await hub.push(1, 'behind');
    await ask(hub, other, { text: 'c' });
    await hub.push(2, 'free');
    await hub.clock.advance(SECOND);
    expect(hub.got.map(({ text }) => text)).toContain('free');
    expect(hub.changes.map(({ text }) => text)).toEqual(['b', 'c']);
    await hub.clock.advance(6 * SECOND - 1);
    expect(hub.got.map(({ text }) => text)).not.toContain('behind');
    await hub.clock.advance(SECOND);
    expect(await done).toMatchObject({ text: 'b' });
    const again = (hub.changes.at(-1)?.at ?? 0) - (from - hub.started);
    expect(again).toBeGreaterThanOrEqual(7 * SECOND);
    expect(again).toBeLessThan(7.2 * SECOND);
    expect(hub.got.map(({ text }) => text)).toContain('behind');
  });

  test('outlive a dead line, and the process in which they were asked for', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    hub.works = () => false;
    hub.answerChange = () => unreachable;
    const { done } = await ask(hub, id, { text: 'b' }, 10 * SECOND);
    await hub.clock.advance(11 * SECOND);
    expect(await done).toBeUndefined();
    expect(await hub.row(id)).toMatchObject({ text: 'a' });
    await hub.clock.jump(48 * HOUR);
    expect(hub.changes).toHaveLength(1);
    const stopped = hub.dispatcher.stop(0);
    await hub.clock.advance(0);
    await stopped;

    const next = await startDispatcher({ databaseUrl: hub.databaseUrl, clock: hub.clock });
    await next.idle();
    expect(next.changes.map(({ text }) => text)).toEqual(['b']);
    expect(await next.row(id)).toMatchObject({ text: 'b' });
    expect(await isChanging(next.db, id)).toBe(false);
  });

  test('that the next process can’t make say so, and what they would have added comes as a message', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    hub.works = () => false;
    hub.answerChange = () => unreachable;
    const { done } = await ask(hub, id, { addition: 'Pagado.' });
    const stopped = hub.dispatcher.stop(0);
    await hub.clock.advance(0);
    await stopped;
    expect(await done).toBeUndefined();

    const next = await startDispatcher({ databaseUrl: hub.databaseUrl, clock: hub.clock, stopped: true });
    next.answerChange = () => ({ kind: 'refused', code: 400, description: 'Bad Request: message to edit not found' });
    await next.dispatcher.start();
    for (let i = 0; i < 3; i++) {
      await next.idle();
      await next.clock.advance(2 * SECOND);
    }
    await next.idle();
    expect(next.got).toMatchObject([{ chatId: 1, text: 'Pagado.' }]);
    expect(await next.row(id)).toMatchObject({ error_message: expect.stringContaining('el cambio no se hizo') });
    expect(await isChanging(next.db, id)).toBe(false);
  });

  test('that may have arrived are made again, and given up where others get through meanwhile', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    hub.answerChange = () => ({ kind: 'unknown', description: '500 Internal Server Error' });
    const { done } = await ask(hub, id, { text: 'b' });
    for (let i = 0; i < 60; i++) {
      await hub.clock.advance(SECOND);
      await hub.push(2 + i, 'other');
    }
    await expect(done).rejects.toMatchObject({ code: 'unavailable' });
    expect(hub.changes).toHaveLength(5);
    expect(hub.got.filter(({ text }) => text === 'other').length).toBeGreaterThan(40);
    expect(await isChanging(hub.db, id)).toBe(false);
  });

  test('that Telegram refuses are over, and leave a newer one what is its own', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    const gate = Promise.withResolvers<ChangeOutcome>();
    hub.answerChange = () => gate.promise;
    const bad = await ask(hub, id, { text: '<b' });
    const good = await ask(hub, id, { keyboard: async () => [] });
    hub.answerChange = () => changed;
    gate.resolve({ kind: 'refused', code: 400, description: 'Bad Request: x' });
    await expect(bad.done).rejects.toMatchObject({ code: 'telegram_error' });
    await hub.clock.advance(SECOND);
    expect(await good.done).toMatchObject({ text: 'a' });
    expect(hub.changes.map(({ kind }) => kind)).toEqual(['edit', 'buttons']);
  });

  test('are told apart from messages that came later in the same chat', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    const gate = Promise.withResolvers<ReturnType<typeof sent>>();
    hub.answer = () => gate.promise;
    await hub.push(1, 'first');
    await hub.idle();
    await hub.clock.advance(1);
    await ask(hub, id, { text: 'changed' });
    await hub.clock.advance(1);
    await hub.push(1, 'last');
    hub.answer = sent;
    gate.resolve(sent());
    await hub.clock.advance(5 * SECOND);
    const order = [...hub.got, ...hub.changes].toSorted((one, other) => one.at - other.at).map(({ text }) => text);
    expect(order).toEqual(['a', 'first', 'changed', 'last']);
  });

  test('asked for one after the other, as soon as the one before is made, are all made', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    for (let i = 0; i < 5; i++) {
      await hub.clock.advance(SECOND);
      expect(await (await ask(hub, id, { text: `${i}` })).done).toMatchObject({ text: `${i}` });
    }
  });

  test('of a message that goes are not made once it is deleted', async () => {
    const hub = await startDispatcher({ database });
    const id = await inChat(hub, 1);
    hub.answerChange = () => limited;
    const edit = await ask(hub, id, { text: 'b' });
    const gone = await ask(hub, id, { deletes: true });
    hub.answerChange = () => changed;
    await hub.clock.advance(8 * SECOND);
    await Promise.all([edit.done, gone.done]);
    expect(hub.changes.map(({ kind }) => kind)).toEqual(['edit', 'delete']);
  });
});
