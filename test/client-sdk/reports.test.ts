import { expect, test } from 'vitest';
import type { UpdateFrame } from '#protocol';
import { controlled, instruction, online } from './support/scripted-hub.ts';

test('one whose socket was cut before its result is sent again on the next', async () => {
  const { hub, clock, session, status } = await online((tpv) => tpv.on('process_message', () => 'done'));
  const given = instruction();
  session.give(given);
  const report = await session.report();
  session.socket.terminate();
  await status('offline');
  clock.advance(250);
  const next = (await hub.session()).welcome();
  next.give(given);
  expect(await next.accepted()).toEqual(report);
  await next.read();
  next.give(instruction());
  expect((await next.accepted()).id).not.toBe(given.id);
});

test('what ends while offline is reported on the next socket', async () => {
  const { begun, handler } = controlled();
  const { hub, clock, session, status } = await online((tpv) => tpv.on('process_message', handler));
  const given = instruction();
  session.give(given);
  const running = await begun.next();
  session.socket.terminate();
  await status('offline');
  running.end('offline');
  clock.advance(250);
  const next = (await hub.session()).welcome();
  expect(await next.accepted()).toMatchObject({ id: given.id, status: 'completed', response: 'offline' });
});

test('what waits when the socket ends is let go, and runs when the hub sends it again', async () => {
  const { begun, handler } = controlled();
  const { hub, clock, session, status } = await online((tpv) => tpv.on('process_message', handler));
  const [runs, waits] = [instruction(), instruction()];
  session.give(runs, waits);
  const running = await begun.next();
  await session.read();
  session.socket.terminate();
  await status('offline');
  running.end();
  clock.advance(250);
  const next = (await hub.session()).welcome();
  expect((await next.accepted()).id).toBe(runs.id);
  expect(begun.size).toBe(0);
  next.give(waits);
  (await begun.next()).end();
  expect((await next.accepted()).id).toBe(waits.id);
});

test('one without result is sent again after 10 s', async () => {
  const { clock, session } = await online((tpv) => tpv.on('process_message', () => 'done'));
  session.give(instruction());
  const report = await session.report();
  clock.advance(10_000);
  expect(await session.report()).toEqual(report);
});

test('one that the hub can not take now is sent again; one that it refuses is not', async () => {
  const { clock, session } = await online((tpv) => tpv.on('process_message', () => 'done'));
  const refuse = (report: UpdateFrame, code: string) =>
    session.send({ type: 'result', ref: report.ref, ok: false, error: { code, message: 'no' } });
  session.give(instruction());
  const report = await session.report();
  refuse(report, 'unavailable');
  await session.read();
  clock.advance(10_000);
  expect(await session.report()).toEqual(report);
  refuse(report, 'invalid_transition');
  await session.read();
  clock.advance(10_000);
  session.give(instruction());
  expect((await session.accepted()).id).not.toBe(report.id);
});

test('the answer to an older report leaves the newer one on its way', async () => {
  const { begun, handler } = controlled();
  const { hub, clock, session, status } = await online((tpv) => tpv.on('process_message', handler));
  const given = instruction();
  session.give(given);
  const running = await begun.next();
  running.progress();
  const older = await session.report();
  running.end('done');
  const newer = await session.report();
  expect([older.status, newer.status]).toEqual(['processing', 'completed']);
  session.accept(older);
  await session.read();
  session.socket.terminate();
  await status('offline');
  clock.advance(250);
  const next = (await hub.session()).welcome();
  next.give(given);
  expect(await next.accepted()).toEqual(newer);
});
