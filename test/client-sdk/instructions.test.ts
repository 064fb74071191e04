import { once } from 'node:events';
import { expect, test } from 'vitest';
import { inMemory } from '#hub-client';
import { controlled, instruction, online, setUp } from './support/scripted-hub.ts';

test('what a handler returns completes the instruction as its response', async () => {
  const { session } = await online((tpv) => tpv.on('process_message', ({ payload }) => ({ text: payload.text })));
  const given = instruction();
  session.give(given);
  expect(await session.accepted()).toMatchObject({ id: given.id, status: 'completed', response: { text: 'Hola' } });
});

test('a handler that returns nothing completes the instruction without a response', async () => {
  const { session } = await online((tpv) => tpv.on('process_message', () => {}));
  session.give(instruction());
  const report = await session.accepted();
  expect(report.status).toBe('completed');
  expect(report).not.toHaveProperty('response');
});

test.each([
  ['an error fails with its message', new Error('No queda café'), 'No queda café'],
  ['an error without message fails with its name', new TypeError(), 'TypeError'],
  ['a string fails with itself', 'sin stock', 'sin stock'],
  ['anything else fails all the same', Object.create(null), 'Error en el TPV'],
  ['a long message is cut', new Error('x'.repeat(5_000)), 'x'.repeat(4_096)],
])('%s', async (_name, thrown, message) => {
  const { session } = await online((tpv) =>
    tpv.on('process_message', () => {
      throw thrown;
    }),
  );
  session.give(instruction());
  expect(await session.accepted()).toMatchObject({ status: 'failed', error_message: message });
});

test.each([
  ['larger than 64 KiB', () => 'x'.repeat(64 * 1024), /65538 bytes/],
  ['that is not JSON', () => ({ total: 10n }), /BigInt/],
])('a response %s fails the instruction', async (_name, handler, message) => {
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  session.give(instruction());
  expect(await session.accepted()).toMatchObject({ status: 'failed', error_message: expect.stringMatching(message) });
});

test('a command without handler goes to otherwise, or fails', async () => {
  const bare = await online(() => {});
  bare.session.give(instruction({ command: 'dance' }));
  expect(await bare.session.accepted()).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining('dance'),
  });
  const { session } = await online((tpv) => tpv.otherwise(({ command }) => command));
  session.give(instruction({ command: 'dance' }));
  expect(await session.accepted()).toMatchObject({ status: 'completed', response: 'dance' });
});

test('a second handler for a command is refused', async () => {
  const { tpv } = await setUp();
  tpv.on('process_message', () => {}).otherwise(() => {});
  expect(() => tpv.on('process_message', () => {})).toThrow(/process_message/);
  expect(() => tpv.otherwise(() => {})).toThrow(/otherwise/);
});

test("one person's handlers run one after the other, in order", async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  const given = [instruction(), instruction(), instruction()];
  session.give(...given);
  await session.read();
  for (const { id } of given) {
    const running = await begun.next();
    expect(begun.size).toBe(0);
    expect(running.instruction.id).toBe(id);
    running.end();
    expect((await session.accepted()).id).toBe(id);
  }
});

test("different persons' handlers run side by side, up to concurrency", async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler), { concurrency: 2 });
  session.give(...[1, 2, 3].map((telegram_user_id) => instruction({ telegram_user_id })));
  await session.read();
  const [first, second] = [await begun.next(), await begun.next()];
  expect([first.instruction.telegram_user_id, second.instruction.telegram_user_id]).toEqual([1, 2]);
  expect(begun.size).toBe(0);
  second.end();
  expect((await begun.next()).instruction.telegram_user_id).toBe(3);
});

test('what waits is reported delivered within 10 s, what runs processing after 3 s, both every 60 s', async () => {
  const { begun, handler } = controlled();
  const { clock, session } = await online((tpv) => tpv.on('process_message', handler));
  const [runs, waits] = [instruction(), instruction()];
  session.give(runs, waits);
  await begun.next();
  await session.read();
  clock.advance(2_999);
  clock.advance(1);
  expect(await session.accepted()).toMatchObject({ id: runs.id, status: 'processing' });
  clock.advance(2_000);
  expect(await session.accepted()).toMatchObject({ id: waits.id, status: 'delivered' });
  await session.read();
  clock.advance(30_000);
  await session.read();
  clock.advance(28_000);
  expect(await session.accepted()).toMatchObject({ id: runs.id, status: 'processing' });
  clock.advance(2_000);
  expect(await session.accepted()).toMatchObject({ id: waits.id, status: 'delivered' });
});

test('progress reports processing at once', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  session.give(instruction());
  const running = await begun.next();
  running.progress();
  expect((await session.accepted()).status).toBe('processing');
  running.end();
  expect((await session.accepted()).status).toBe('completed');
  running.progress();
  session.give(instruction());
  (await begun.next()).end('next');
  expect(await session.accepted()).toMatchObject({ status: 'completed', response: 'next' });
});

test('an instruction that comes again is answered, not run again', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  const given = instruction();
  session.give(given);
  const running = await begun.next();
  session.give({ ...given, retry_count: 1 });
  expect(await session.accepted()).toMatchObject({ id: given.id, status: 'processing' });
  running.end('done');
  expect(await session.accepted()).toMatchObject({ id: given.id, status: 'completed', response: 'done' });
  session.give({ ...given, retry_count: 2 });
  expect(await session.accepted()).toMatchObject({ id: given.id, status: 'completed', response: 'done' });
  expect(begun.size).toBe(0);
});

test('the memory of ended instructions is bounded', async () => {
  let runs = 0;
  const { session } = await online((tpv) => tpv.on('process_message', () => ++runs), {
    memory: inMemory({ maxEntries: 2 }),
  });
  const given = [instruction(), instruction(), instruction()];
  const responses: unknown[] = [];
  for (const next of [...given, ...given.slice(1), ...given.slice(0, 1)]) {
    session.give(next);
    responses.push((await session.accepted()).response);
    await session.read();
  }
  expect(responses).toEqual([1, 2, 3, 2, 3, 4]);
});

test('revoked aborts what runs and forgets what waits; neither is reported', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  const [runs, waits, next] = [instruction(), instruction(), instruction()];
  session.give(runs, waits, next);
  const running = await begun.next();
  for (const { id } of [waits, runs]) session.send({ type: 'revoked', id, reason: 'expired' });
  await once(running.signal, 'abort');
  expect(running.signal.reason).toMatchObject({ code: 'revoked' });
  await session.read();
  // Still one after the other: the revoked handler holds its person's lane until it returns.
  expect(begun.size).toBe(0);
  running.end('too late');
  const last = await begun.next();
  expect(last.instruction.id).toBe(next.id);
  last.end();
  expect((await session.accepted()).id).toBe(next.id);
});

test('a revoked instruction whose handler stopped is run when it comes again', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  const given = instruction();
  session.give(given);
  const first = await begun.next();
  session.send({ type: 'revoked', id: given.id, reason: 'reassigned' });
  session.give(given);
  await session.read();
  first.end(Promise.reject(first.signal.reason));
  (await begun.next()).end('second');
  expect(await session.accepted()).toMatchObject({ id: given.id, response: 'second' });
});

test('a revoked instruction whose handler finished all the same is answered when it comes again', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  const given = instruction();
  session.give(given);
  const first = await begun.next();
  session.send({ type: 'revoked', id: given.id, reason: 'reassigned' });
  session.give(given);
  await session.read();
  first.end('first');
  expect(await session.accepted()).toMatchObject({ id: given.id, response: 'first' });
  expect(begun.size).toBe(0);
});

test('the hub is asked to pause before more than 1024 wait, and to go on at 512', async () => {
  const { begun, handler } = controlled();
  const { session } = await online((tpv) => tpv.on('process_message', handler));
  session.give(...Array.from({ length: 1024 }, () => instruction()));
  expect(await session.frames.next()).toEqual({ type: 'flow', max_in_flight: 0 });
  for (let ended = 1; ended <= 512; ended++) {
    (await begun.next()).end();
    await session.accepted();
  }
  expect(await session.frames.next()).toEqual({ type: 'flow', max_in_flight: 64 });
});
