import { describe, expect, test } from 'vitest';
import type { SendOutcome } from '../../src/push/send-port.ts';
import { sent, startDispatcher, type TestDispatcher } from '../support/dispatcher.ts';
import { DIALECTS } from '../support/hub.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const unknown: SendOutcome = { kind: 'unknown', description: '502 Bad Gateway' };
const unreachable: SendOutcome = { kind: 'unreachable', description: 'ECONNREFUSED' };

async function statusesOf(hub: TestDispatcher): Promise<Record<string, number>> {
  const rows = await hub.db.read.selectFrom('push_messages').select('status').execute();
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const messages = (count: number, chats: number) =>
  Array.from({ length: count }, (_, i) => ({ chatId: 1 + (i % chats), text: `${i}` }));

describe.each(DIALECTS)('an outage on %s', (database) => {
  test('that answers 502 costs what was under way when it began, and not the queue', async () => {
    const hub = await startDispatcher({ database });
    hub.works = () => false;
    const gate = Promise.withResolvers<SendOutcome>();
    hub.answer = () => gate.promise;
    await hub.pushAll(messages(200, 200));
    await hub.clock.advance(SECOND / 2);
    const underWay = hub.got.length;
    expect(underWay).toBeGreaterThan(10);
    hub.answer = () => unknown;
    gate.resolve(unknown);
    await hub.clock.advance(120 * SECOND);
    expect(hub.got).toHaveLength(underWay);
    expect(await statusesOf(hub)).toEqual({ unknown: underWay, pending: 200 - underWay });
    hub.works = () => true;
    hub.answer = sent;
    await hub.clock.advance(20 * SECOND);
    expect(await statusesOf(hub)).toEqual({ unknown: underWay, sent: 200 - underWay });
  });

  test('is probed once a second; then one message goes alone, and once it got through all of them go', async () => {
    const hub = await startDispatcher({ database });
    hub.works = () => false;
    hub.answer = () => unknown;
    await hub.push(1, 'a');
    await hub.idle();
    await hub.pushAll(['b', 'c', 'd'].map((text, i) => ({ chatId: 2 + i, text })));
    await hub.clock.advance(4 * SECOND);
    expect(hub.probes.map((at) => at / SECOND)).toEqual([1, 2, 3, 4]);
    expect(hub.got.map(({ text }) => text)).toEqual(['a']);
    const gate = Promise.withResolvers<SendOutcome>();
    hub.works = () => true;
    hub.answer = () => gate.promise;
    await hub.clock.advance(10 * SECOND);
    expect(hub.got.map(({ at }) => at / SECOND)).toEqual([0, 5]);
    hub.answer = sent;
    gate.resolve(sent());
    await hub.clock.advance(SECOND);
    expect(hub.got.map(({ text }) => text).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('in which only messages fail costs one after 1, 2, 4, 8 seconds', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = () => unknown;
    await hub.push(1, 'a');
    await hub.idle();
    await hub.pushAll(messages(50, 50).map(({ chatId, text }) => ({ chatId: chatId + 1, text })));
    await hub.clock.advance(20 * SECOND);
    expect(hub.got.map(({ at }) => at / SECOND)).toEqual([0, 1, 3, 7, 15]);
  });

  test('ends a trial that never left with another one', async () => {
    const hub = await startDispatcher({ database });
    hub.answer = () => unknown;
    await hub.push(1, 'a');
    await hub.idle();
    hub.answer = (row) => (row.text === 'b' ? { kind: 'impossible', description: 'gone' } : sent());
    await hub.pushAll([
      { chatId: 2, text: 'b' },
      { chatId: 3, text: 'c' },
      { chatId: 4, text: 'd' },
    ]);
    await hub.clock.advance(2 * SECOND);
    expect(await statusesOf(hub)).toEqual({ unknown: 1, failed: 1, sent: 2 });
  });
});

test('2,000 messages outlive a line that is dead for 48 hours, and go out in order and at the pace', async () => {
  const hub = await startDispatcher();
  hub.answer = () => unreachable;
  await hub.pushAll(messages(2_000, 400));
  for (let hours = 0; hours < 48; hours++) {
    await hub.idle();
    await hub.clock.jump(HOUR);
  }
  await hub.idle();
  expect(await statusesOf(hub)).toEqual({ pending: 2_000 });
  const before = hub.got.length;
  hub.answer = sent;
  await hub.clock.advance(200 * SECOND);
  expect(await statusesOf(hub)).toEqual({ sent: 2_000 });
  const got = hub.got.slice(before);
  for (let chatId = 1; chatId <= 400; chatId++) {
    const texts = got.filter((one) => one.chatId === chatId).map(({ text }) => Number(text));
    expect(texts).toEqual([0, 1, 2, 3, 4].map((i) => i * 400 + chatId - 1));
  }
  const times = got.map(({ at }) => at);
  const inOneSecond = times.map((from) => times.filter((at) => at >= from && at < from + SECOND).length);
  expect(Math.max(...inOneSecond)).toBeLessThanOrEqual(31);
});

test('a stop during an outage waits for nothing', async () => {
  const hub = await startDispatcher();
  hub.works = () => false;
  hub.answer = () => unknown;
  await hub.pushAll(messages(20, 20));
  await hub.idle();
  const stopped = hub.dispatcher.stop(10 * SECOND);
  await stopped;
  expect((await statusesOf(hub)).sending).toBeUndefined();
});
