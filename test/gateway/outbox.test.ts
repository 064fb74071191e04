import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Outbox } from '../../src/gateway/outbox.ts';
import { testClock } from '../support/clock.ts';
import { socketPair } from '../support/wire.ts';

const KIB = 1024;

/** A socket whose reader reads nothing, with 256 KiB that wait for it. */
async function congested() {
  const { server, client } = await socketPair();
  client.pause();
  const clock = testClock();
  const seen = { slow: 0, writable: 0 };
  const outbox = new Outbox(server, { clock, onSlow: () => seen.slow++, onWritable: () => seen.writable++ });
  const frame = 'x'.repeat(32 * KIB);
  while (!outbox.congested) {
    outbox.send(frame);
    // What the kernel takes is not waiting here.
    await setImmediate();
  }
  return { clock, outbox, seen, client };
}

test('a reader that gets a frame now and then has 30 s in all, not 30 s more with each', async () => {
  const { clock, outbox, seen } = await congested();
  for (let second = 1; second <= 30; second++) {
    await clock.advance(1_000);
    if (second % 10 === 0) outbox.send('{"type":"result"}');
    outbox.check();
    expect([second, seen.slow]).toEqual([second, 0]);
  }
  await clock.advance(1_000);
  outbox.check();
  expect(seen.slow).toBe(1);
});

test('a reader that read everything in between has 30 s again', async () => {
  const { clock, outbox, seen, client } = await congested();
  await clock.advance(29_000);
  client.resume();
  while (seen.writable === 0) await setImmediate();
  expect(outbox.congested).toBe(false);
  await clock.advance(29_000);
  outbox.check();
  expect(seen.slow).toBe(0);
});
