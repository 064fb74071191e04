import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Outbox } from '../../src/gateway/outbox.ts';
import { testClock } from '../support/clock.ts';
import { socketPair } from '../support/wire.ts';

const KIB = 1024;

/** A socket whose reader reads nothing, with 256 KiB that wait for it. */
async function congested() {
  const { server, connection, client } = await socketPair();
  client.pause();
  const clock = testClock();
  const seen = { slow: 0, writable: 0 };
  const outbox = new Outbox(server, {
    connection,
    clock,
    onSlow: () => seen.slow++,
    onWritable: () => seen.writable++,
  });
  const frame = 'x'.repeat(32 * KIB);
  while (!outbox.congested) {
    outbox.send(frame);
    // What the kernel takes is not waiting here.
    await setImmediate();
  }
  return { clock, outbox, seen, client };
}

test('the first frame leaves at once, those of the same breath behind it in one write, and all in order', async () => {
  const { server, connection, client } = await socketPair();
  const outbox = new Outbox(server, { connection, clock: testClock(), onSlow: () => {}, onWritable: () => {} });
  const got: string[] = [];
  client.on('message', (data) => got.push(String(data)));
  const frames = Array.from({ length: 10 }, (_, i) => `frame ${i}`);
  const waiting = frames.map((frame) => {
    outbox.send(frame);
    return connection.writableLength;
  });
  expect([waiting[0], connection.writableCorked]).toEqual([0, 1]);
  expect(waiting.slice(1)).toEqual(Array.from({ length: 9 }, (_, i) => (i + 1) * (waiting[1] ?? 0)));
  await setImmediate();
  expect([connection.writableLength, connection.writableCorked]).toEqual([0, 0]);
  outbox.send('the next breath');
  expect(connection.writableLength).toBe(0);
  while (got.length < 11) await setImmediate();
  expect(got).toEqual([...frames, 'the next breath']);
});

test('what is gathered for one write does not fill the socket', async () => {
  const { server, connection, client } = await socketPair();
  const outbox = new Outbox(server, { connection, clock: testClock(), onSlow: () => {}, onWritable: () => {} });
  let got = 0;
  client.on('message', () => got++);
  for (let i = 0; i < 40; i++) {
    outbox.send('x'.repeat(10 * KIB));
    expect(connection.writableLength).toBeLessThan(90 * KIB);
  }
  expect(outbox.congested).toBe(false);
  while (got < 40) await setImmediate();
});

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
