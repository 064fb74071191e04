import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type HeldDisk, heldDisk } from '../support/disk.ts';
import { type Answer, startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

/** A hub with one TPV on a socket, on a disk that can be held up. */
async function hubOnHeldDisk() {
  const held = heldDisk();
  const hub = await startHub({ disk: held.disk });
  // Before the hub closes: that waits for the disk.
  onTestFinished(() => held.release());
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  expect((await hub.message(1, 'Hola')).status).toBe(200);
  const { instruction } = await socket.next('instruction');
  await socket.sync();
  return { held, hub, tpv, socket, instruction };
}

/** Whether it was answered, once everything that does not wait for the disk was. */
async function answeredWhileHeld(held: HeldDisk, answer: Promise<Answer>): Promise<boolean> {
  let answered = false;
  void answer.then(() => {
    answered = true;
  });
  await vi.waitUntil(() => held.waiting > 0, WAIT_MS);
  for (let i = 0; i < 50; i++) await turn();
  return answered;
}

test('no update is confirmed, also no repeated one, and no TPV gets it, before it is on disk', async () => {
  const { held, hub, socket } = await hubOnHeldDisk();
  held.hold();
  const [first, again] = [hub.message(2, 'Un café'), hub.message(2, 'Un café')];
  expect(await answeredWhileHeld(held, Promise.race([first, again]))).toBe(false);
  const third = hub.message(2, 'Un café');
  expect(await answeredWhileHeld(held, third)).toBe(false);
  await socket.sync();
  expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(1);
  held.release();
  for (const answer of [first, again, third]) expect((await answer).status).toBe(200);
  expect((await socket.next('instruction')).instruction.payload.text).toBe('Un café');
  await socket.sync();
  expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(2);
});

test('no report is confirmed, also no repeated one over the other transport, before it is on disk', async () => {
  const { held, tpv, socket, instruction } = await hubOnHeldDisk();
  held.hold();
  const overSocket = socket.report(instruction.id, 'completed');
  await vi.waitUntil(() => held.waiting > 0, WAIT_MS);
  const path = `/api/tpv/instructions/${instruction.id}/`;
  const json = { status: 'completed' };
  const overRest = tpv.fetch(path, { method: 'PUT', json });
  expect(await answeredWhileHeld(held, overRest)).toBe(false);
  expect(socket.frames.filter(({ type }) => type === 'result')).toEqual([]);
  // What is read meanwhile shows nothing of it, and waits for no disk.
  expect((await tpv.fetch(path)).body.status).toBe('sent');
  held.release();
  expect((await overSocket).ok).toBe(true);
  expect((await overRest).status).toBe(200);
  expect((await tpv.fetch(path)).body.status).toBe('completed');
});

test('pings, health, REST and the panel do not wait for the disk, and show nothing that is not on it', async () => {
  const { held, hub, socket } = await hubOnHeldDisk();
  held.hold();
  const waiting = hub.message(2, 'Un café');
  await vi.waitUntil(() => held.waiting > 0, WAIT_MS);
  expect((await hub.fetch('/healthz')).status).toBe(200);
  expect((await hub.fetch('/readyz')).status).toBe(200);
  const listed = await hub.admin('/api/admin/instructions');
  expect(listed.body.items).toHaveLength(1);
  expect((await hub.admin('/api/admin/overview')).status).toBe(200);
  await socket.sync();
  held.release();
  expect((await waiting).status).toBe(200);
  const after = await hub.admin('/api/admin/instructions');
  expect(after.body.items).toHaveLength(2);
});

test('a failed sync reaches whoever ends the process before Telegram is told anything, and nothing is confirmed after it', async () => {
  const { held, hub, socket } = await hubOnHeldDisk();
  const answers: number[] = [];
  held.hold();
  const told = hub.message(2, 'Un café').then(({ status }) => answers.push(status));
  await vi.waitUntil(() => held.waiting > 0, WAIT_MS);
  held.disk.onSyncFailed = (fault) => held.faults.push(fault) && expect(answers).toEqual([]);
  held.fail();
  await told;
  expect([held.faults.length, answers]).toEqual([1, [503]]);
  expect((await hub.message(3, 'Un té')).status).toBe(503);
  await socket.sync();
  expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(1);
});
