import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { quiet } from '../support/quiet.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';

const PATIENCE = { timeout: 15_000 };
const SECOND = 1_000;

async function stillHub(env: Record<string, string> = { HEARTBEAT_INTERVAL_SECONDS: '3600' }) {
  const clock = testClock();
  const { log, lines } = keptLog();
  const hub = await startHub({ clock, env, log });
  /** With which code the hub closed the TPV's last socket; undefined while it is open. */
  const closeCode = (tpv: TestTpv) =>
    lines.findLast((line) => line.socket === 'closed' && line.tpv_id === tpv.id)?.code;
  return { clock, hub, closeCode };
}

describe('heartbeats', () => {
  test('a socket from which nothing came for two intervals is closed with 4000, one that answers pings is not', async () => {
    const { clock, hub, closeCode } = await stillHub({});
    const silent = await hub.tpv();
    const deaf = await openSocket(hub.url, { key: silent.key, client: { autoPong: false } });
    await deaf.next('welcome');
    const tpv = await hub.tpv();
    const alive = await tpv.socket();
    const heardAt = async () => {
      const { body } = await hub.admin('/api/admin/tpvs');
      return body.items.find(({ id }: { id: string }) => id === tpv.id).last_heartbeat;
    };
    for (let second = 1; second <= 100; second++) {
      const pinged = second % 25 === 0 ? once(alive.raw, 'ping') : undefined;
      if (second === 50) {
        await quiet(hub, alive);
        expect(deaf.raw.readyState).toBe(deaf.raw.OPEN);
      }
      await clock.advance(SECOND);
      // Each socket has its beat within the interval; whichever it is, the pong has arrived by its end.
      if (pinged !== undefined) {
        await Promise.race([pinged, quiet(hub, alive)]);
        await vi.waitUntil(async () => Date.parse(await heardAt()) > clock.now() - 25 * SECOND, PATIENCE);
      }
      if (second === 50) expect(await deaf.closed).toEqual({ code: 4000, reason: 'heartbeat_timeout' });
    }
    expect(closeCode(silent)).toBe(4000);
    expect(closeCode(tpv)).toBeUndefined();
  });

  test('a frame or a ping from the TPV is a sign of life, too', async () => {
    const { clock, hub } = await stillHub({});
    const pinging = await openSocket(hub.url, { key: (await hub.tpv()).key, client: { autoPong: false } });
    const talking = await openSocket(hub.url, { key: (await hub.tpv()).key, client: { autoPong: false } });
    await Promise.all([pinging.next('welcome'), talking.next('welcome')]);
    for (let second = 0; second < 120; second += 40) {
      await clock.advance(40 * SECOND);
      await pinging.sync();
      talking.send({ type: 'flow', max_in_flight: 8, ref: 'x' });
      talking.send({ type: 'anything', ref: `${second}` });
      await talking.next('result');
    }
    expect([pinging.raw.readyState, talking.raw.readyState]).toEqual([1, 1]);
  });
});

/** Frames that the hub answers, and that nobody reads the answers of. */
function chatter(socket: TestSocket, count: number): void {
  const unknown = JSON.stringify({ type: 'x'.repeat(64), ref: 'r'.repeat(128) });
  for (let i = 0; i < count; i++) socket.raw.send(unknown);
}

/** Talks until so much waits to be read that the hub hands out nothing more; gives back what it then keeps. */
async function congest(hub: TestHub, tpv: TestTpv, socket: TestSocket): Promise<string> {
  let updateId = 1_000;
  const newest = async () => {
    await hub.message(++updateId, `mensaje ${updateId}`, 1001);
    const rows = hub.hub.db.read.selectFrom('instructions').select(['id', 'status']).where('update_id', '=', updateId);
    return rows.executeTakeFirstOrThrow();
  };
  for (;;) {
    const row = await newest();
    if (row.status === 'pending') return row.id;
    chatter(socket, 400);
    // Reported behind the frames above: once it is kept, they were read.
    socket.send({ type: 'update', id: row.id, status: 'delivered' });
    const status = async () => (await tpv.fetch(`/api/tpv/instructions/${row.id}/`)).body.status;
    await vi.waitUntil(async () => (await status()) === 'delivered', { ...PATIENCE, interval: 1 });
  }
}

// S13
describe('a reader that does not read', () => {
  test('is closed with 4001 as soon as more than 1 MiB waits for it', async () => {
    const { hub, closeCode } = await stillHub();
    const slow = await hub.tpv({ max_users: 1 });
    const socket = await slow.socket();
    await hub.message(1, 'para el lento', 1001);
    const { id } = (await socket.next('instruction')).instruction;
    const bystander = await (await hub.tpv()).socket();
    socket.raw.pause();
    let updateId = 1;
    while (closeCode(slow) === undefined) {
      chatter(socket, 500);
      // Somebody else's TPV notices nothing.
      await hub.message(++updateId, 'para otro', 1002);
      const { instruction } = await bystander.next('instruction');
      expect(await bystander.report(instruction.id, 'completed')).toMatchObject({ ok: true });
    }
    expect(closeCode(slow)).toBe(4001);
    expect((await slow.fetch(`/api/tpv/instructions/${id}/`)).body).toMatchObject({
      status: 'pending',
      retry_count: 0,
    });
    socket.raw.resume();
    expect(await socket.closed).toEqual({ code: 4001, reason: 'slow_consumer' });
  }, 60_000);

  test('gets nothing more while 256 KiB wait, and is closed with 4001 after 30 s of it', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const slow = await hub.tpv({ max_users: 1 });
    const socket = await slow.socket();
    socket.raw.pause();
    const kept = await congest(hub, slow, socket);
    const bystander = await (await hub.tpv()).socket();
    await clock.advance(30 * SECOND);
    await quiet(hub, bystander);
    expect(closeCode(slow)).toBeUndefined();
    expect((await slow.fetch(`/api/tpv/instructions/${kept}/`)).body).toMatchObject({ status: 'pending' });
    await hub.message(1, 'para otro', 1002);
    expect((await bystander.next('instruction')).instruction.payload.text).toBe('para otro');
    await clock.advance(2 * SECOND);
    expect(closeCode(slow)).toBe(4001);
  }, 60_000);

  test('that reads again in time gets what waited, and no attempt was counted', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const slow = await hub.tpv({ max_users: 1 });
    const socket = await slow.socket();
    socket.raw.pause();
    const kept = await congest(hub, slow, socket);
    await clock.advance(29 * SECOND);
    socket.raw.resume();
    for (;;) {
      const { instruction } = await socket.next('instruction', 15_000);
      if (instruction.id !== kept) continue;
      expect(instruction).toMatchObject({ retry_count: 0 });
      break;
    }
    await clock.advance(31 * SECOND);
    await quiet(hub, socket);
    expect(closeCode(slow)).toBeUndefined();
  }, 60_000);
});

describe('a TPV that talks too much', () => {
  test('10,000 frames a second are closed with 4002 after five seconds', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const bystander = await (await hub.tpv()).socket();
    for (let second = 0; second < 5; second++) {
      expect(closeCode(tpv)).toBeUndefined();
      chatter(socket, 10_000);
      await socket.sync();
      await clock.advance(SECOND);
    }
    expect(await socket.closed).toEqual({ code: 4002, reason: 'too_many_frames' });
    await quiet(hub, bystander);
    expect(bystander.raw.readyState).toBe(bystander.raw.OPEN);
  }, 60_000);

  test('pings count as frames', async () => {
    const { clock, hub } = await stillHub();
    const socket = await (await hub.tpv()).socket();
    for (let second = 0; second < 5; second++) {
      for (let i = 0; i < 510; i++) {
        // More than 60 unanswered pings end a socket in ws itself.
        if (i % 50 === 0) await socket.sync();
        socket.raw.ping();
      }
      await socket.sync();
      await clock.advance(SECOND);
    }
    expect(await socket.closed).toMatchObject({ code: 4002 });
  });

  test('500 a second are fine, and so is more for less than five seconds', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    for (let second = 0; second < 20; second++) {
      // The ping that waits for them is one of them.
      chatter(socket, second % 5 === 4 ? 499 : 1_000);
      await socket.sync();
      await clock.advance(SECOND);
    }
    await quiet(hub, socket);
    expect(closeCode(tpv)).toBeUndefined();
  });

  test('a TPV that only answers what it is given is never cut off', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket({ maxInFlight: 256 });
    socket.raw.on('message', (data) => {
      const { type, instruction } = JSON.parse(data.toString());
      if (type !== 'instruction') return;
      for (const status of ['delivered', 'processing', 'completed']) {
        socket.send({ type: 'update', id: instruction.id, status });
      }
    });
    const perSecond = 240;
    for (let second = 0; second < 7; second++) {
      const ids = Array.from({ length: perSecond }, (_, i) => second * perSecond + i + 1);
      for (let from = 0; from < perSecond; from += 40) {
        await Promise.all(ids.slice(from, from + 40).map((id) => hub.message(id, 'Hola')));
      }
      const done = (second + 1) * perSecond;
      const completed = async () => (await tpv.fetch('/api/tpv/stats/')).body.instructions.completed;
      await vi.waitUntil(async () => (await completed()) === done, { ...PATIENCE, interval: 5 });
      await clock.advance(SECOND);
    }
    expect(closeCode(tpv)).toBeUndefined();
  }, 60_000);
});
