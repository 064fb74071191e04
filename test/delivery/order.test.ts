import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { holdCommits } from '../support/hold.ts';
import { startHub } from '../support/hub.ts';
import { quiet } from '../support/quiet.ts';
import type { TestSocket } from '../support/socket.ts';

const textOf = (frame: TestSocket['frames'][number]) =>
  frame.type === 'instruction' ? [String(frame.instruction.payload.text)] : [];

describe('a new message waits behind a backlog that is larger than the window', () => {
  async function behindABacklog() {
    const hub = await startHub({ clock: testClock(), env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
    const socket = await (await hub.tpv()).socket({ maxInFlight: 1 });
    await quiet(hub, socket);
    let written = 0;
    const write = () => hub.message(++written, `${written}`);
    for (let i = 0; i < 4; i++) await write();
    /** Reports the one that is out as completed, and leaves the commit to the caller. */
    const report = async () => {
      const { instruction } = await socket.next('instruction');
      socket.send({ type: 'update', id: instruction.id, status: 'completed' });
    };
    const order = async () => {
      while (socket.frames.flatMap(textOf).length < written) await report();
      return socket.frames.flatMap(textOf).map(Number);
    };
    return { hub, db: hub.hub.db, socket, write, report, order };
  }

  test('where a report makes room in the commit that keeps the message', async () => {
    const { hub, db, socket, write, report, order } = await behindABacklog();
    for (let i = 0; i < 3; i++) {
      const hold = holdCommits(db);
      await hold.running;
      await report();
      await hold.asked(1);
      const written = write();
      await hold.asked(2);
      await hold.release();
      await written;
      await quiet(hub, socket);
    }
    expect(await order()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('where a report made room in the commit before, and the backlog has not moved up yet', async () => {
    const { hub, db, socket, write, report, order } = await behindABacklog();
    for (let i = 0; i < 3; i++) {
      const before = holdCommits(db);
      await before.running;
      const hold = holdCommits(db);
      await report();
      await hold.asked(1);
      await before.release();
      await hold.running;
      const written = write();
      await hold.asked(2);
      await hold.release();
      await written;
      await quiet(hub, socket);
    }
    expect(await order()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

test('a message whose neighbour fails takes one place in the window, and gives it back', async () => {
  const hub = await startHub({ clock: testClock(), env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const socket = await (await hub.tpv()).socket({ maxInFlight: 1 });
  await quiet(hub, socket);
  const inFlight = async () => /^hub_instructions_in_flight (\d+)$/m.exec((await hub.fetch('/metrics')).body)?.[1];
  const { db } = hub.hub;
  const hold = holdCommits(db);
  await hold.running;
  const written = hub.message(1, 'Hola');
  await hold.asked(1);
  const neighbour = db.transact(async ({ kysely }) => {
    await kysely.insertInto('settings').values({ key: 'made_up', value: '' }).execute();
    throw new Error('made up');
  });
  await hold.release();
  await expect(neighbour).rejects.toThrow('made up');
  expect((await written).status).toBe(200);
  const { instruction } = await socket.next('instruction');
  expect(await inFlight()).toBe('1');
  expect(await socket.report(instruction.id, 'completed')).toMatchObject({ ok: true });
  expect(await inFlight()).toBe('0');
  await hub.message(2, '¿Sigues ahí?');
  expect((await socket.next('instruction')).instruction.payload.text).toBe('¿Sigues ahí?');
});
