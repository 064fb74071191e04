import { describe, expect, test } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { insertPush } from '../../src/push/push-store.ts';
import { cpuMs } from '../support/cpu.ts';
import { startDispatcher, type TestDispatcher } from '../support/dispatcher.ts';
import { DIALECTS } from '../support/hub.ts';

const MEGABYTE = 1024 * 1024;

/** Rows as if they had come while nobody sent; what tells the dispatcher of them is left to its start. */
async function fill(hub: TestDispatcher, count: number, chats: number, tpvId: string, text = 'a'): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    await hub.db.transact(async (tx) => {
      for (let i = from; i < Math.min(count, from + 1_000); i++) {
        await tx.run(insertPush, {
          id: `${tpvId}-${i}`,
          tpvId,
          chatId: 1 + (i % chats),
          kind: 'text',
          text,
          parseMode: 'HTML',
          data: jsonText({}),
          silent: 0,
          markup: null,
          key: null,
          hash: null,
          ifUnknown: 'hold',
          uploadBytes: null,
          options: null,
          now: hub.clock.now(),
        });
      }
    });
  }
}

describe.each(DIALECTS)('a flood on %s', (database) => {
  test('of one TPV lets another’s single message out in its turn', async () => {
    const hub = await startDispatcher({ database, stopped: true });
    const [a, b] = [await hub.tpv('A'), await hub.tpv('B')];
    await fill(hub, 3_000, 1_000, a);
    await hub.dispatcher.start();
    await hub.clock.advance(1_000);
    const before = hub.got.length;
    expect(before).toBeGreaterThan(25);
    await hub.push(5_000, 'of B', b);
    await hub.push(5_001, 'of the hub');
    await hub.clock.advance(500);
    const texts = hub.got.slice(before).map(({ text }) => text);
    // What is being prepared goes first; then they take turns.
    expect(texts.indexOf('of B')).toBeGreaterThanOrEqual(0);
    expect(texts.indexOf('of B')).toBeLessThan(8);
    expect(texts.indexOf('of the hub')).toBeGreaterThanOrEqual(0);
    expect(texts.indexOf('of the hub')).toBeLessThan(8);
  });
});

test('100,000 waiting messages start at once and stay in the table', async () => {
  const hub = await startDispatcher({ stopped: true });
  const tpv = await hub.tpv('A');
  await fill(hub, 100_000, 1_000, tpv, 'a'.repeat(1_000));
  globalThis.gc?.();
  const rss = process.memoryUsage.rss();
  const from = cpuMs();
  await hub.dispatcher.start();
  await hub.idle();
  expect(cpuMs() - from).toBeLessThan(5_000);
  await hub.clock.advance(2_000);
  expect(hub.got.length).toBeGreaterThan(55);
  // The texts alone are 100 MB.
  expect(process.memoryUsage.rss() - rss).toBeLessThan(80 * MEGABYTE);
});
