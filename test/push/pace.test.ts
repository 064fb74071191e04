import { describe, expect, test } from 'vitest';
import type { SendOutcome } from '../../src/push/send-port.ts';
import { turns } from '../support/clock.ts';
import { sent, startDispatcher } from '../support/dispatcher.ts';
import { DIALECTS } from '../support/hub.ts';

const limited = (seconds: number) =>
  ({ kind: 'refused', code: 429, description: 'Too Many Requests', retryAfterMs: seconds * 1_000 }) as const;

/** The most that fall into any window of this length. */
function most(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe.each(DIALECTS)('sending on %s', (database) => {
  test('keeps the order of a chat, one at a time', async () => {
    const hub = await startDispatcher({ database });
    let underWay = 0;
    hub.answer = async () => {
      expect(++underWay).toBe(1);
      await turns();
      underWay--;
      return sent();
    };
    await hub.pushAll(range(8).map((i) => ({ chatId: 1, text: `${i}` })));
    await hub.clock.advance(10_000);
    expect(hub.got.map(({ text }) => text)).toEqual(range(8).map(String));
  });

  test('lets 5 at once into a chat, then one a second', async () => {
    const hub = await startDispatcher({ database });
    await hub.pushAll(range(10).map((i) => ({ chatId: 1, text: `${i}` })));
    await hub.clock.advance(999);
    expect(hub.got).toHaveLength(5);
    await hub.clock.advance(4_001);
    expect(hub.got).toHaveLength(10);
    expect(most(hub.got.map(({ at }) => at).slice(5), 1_000)).toBe(1);
  });

  test('lets 20 a minute into a group', async () => {
    const hub = await startDispatcher({ database });
    await hub.pushAll(range(60).map((i) => ({ chatId: -1, text: `${i}` })));
    await hub.clock.advance(180_000);
    expect(hub.got).toHaveLength(60);
    expect(
      most(
        hub.got.map(({ at }) => at),
        60_000,
      ),
    ).toBe(20);
  });

  test('lets 30 a second through in all', async () => {
    const hub = await startDispatcher({ database });
    await hub.pushAll(range(200).map((i) => ({ chatId: 1 + i, text: `${i}` })));
    await hub.clock.advance(5_000);
    const times = hub.got.map(({ at }) => at);
    expect(most(times, 1_000)).toBeLessThanOrEqual(31);
    expect(times.length).toBeGreaterThanOrEqual(145);
    expect(times.length).toBeLessThanOrEqual(152);
  });

  test('lets a chat rest for as long as Telegram asks, and no other', async () => {
    const hub = await startDispatcher({ database, random: () => 1 });
    hub.answer = (row) => (row.chat_id === 1 && hub.clock.now() < at + 30_000 ? limited(30) : sent());
    const at = hub.clock.now();
    const id = await hub.push(1, 'a');
    await hub.push(1, 'b');
    await hub.idle();
    expect(await hub.row(id)).toMatchObject({ status: 'pending', attempts: 1, not_before: at + 30_500 });
    await hub.push(2, 'c');
    await hub.clock.advance(30_499);
    expect(hub.got.map(({ text }) => text)).toEqual(['a', 'c']);
    await hub.clock.advance(10_000);
    expect(hub.got.map(({ text }) => text)).toEqual(['a', 'c', 'a', 'b']);
    expect(hub.got[2]?.at).toBe(30_500);
  });

  test('rests altogether for a moment where two chats are limited at once, and then tries one', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => (row.chat_id < 3 && hub.clock.now() < at + 20_000 ? limited(20) : sent());
    const at = hub.clock.now();
    for (const chat of [1, 2]) await hub.push(chat, `${chat}`);
    await hub.clock.advance(100);
    for (const chat of [3, 4]) await hub.push(chat, `${chat}`);
    await hub.clock.advance(850);
    expect(hub.got.map(({ text }) => text)).toEqual(['1', '2']);
    const gate = Promise.withResolvers<SendOutcome>();
    hub.answer = () => gate.promise;
    await hub.clock.advance(1_000);
    expect(hub.got).toHaveLength(3);
    hub.answer = sent;
    gate.resolve(sent());
    await hub.clock.advance(100);
    expect(hub.got.map(({ text }) => text).toSorted()).toEqual(['1', '2', '3', '4']);
    await hub.clock.advance(18_000);
    expect(hub.got.map(({ text }) => text).toSorted()).toEqual(['1', '1', '2', '2', '3', '4']);
    for (const again of hub.got.slice(4)) expect(again.at).toBeGreaterThanOrEqual(20_000);
  });

  test('goes on where two chats are limited one long after the other', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = (row) => (row.chat_id < 3 ? limited(60) : sent());
    await hub.push(1, '1');
    await hub.clock.advance(3_000);
    await hub.push(2, '2');
    await hub.clock.advance(100);
    await hub.push(3, 'other');
    await hub.clock.advance(100);
    expect(hub.got.map(({ text }) => text)).toEqual(['1', '2', 'other']);
  });
});

test('a pause that Telegram asks for outlives a restart', async () => {
  const first = await startDispatcher();
  const { clock, databaseUrl } = first;
  first.answer = () => limited(30);
  await first.push(1, 'a');
  await first.idle();
  await first.dispatcher.stop(0);
  const second = await startDispatcher({ databaseUrl, clock });
  await clock.advance(29_999);
  await second.idle();
  expect(second.got).toEqual([]);
  await clock.advance(1);
  await second.idle();
  expect(second.got).toMatchObject([{ at: 30_000, text: 'a' }]);
});
