import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { testClock } from '../support/clock.ts';
import { startHub, type TestTpv, testOfOneHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { quiet } from '../support/quiet.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';
import { patience, WAIT_MS } from '../support/within.ts';

const PATIENCE = { timeout: WAIT_MS };
const SECOND = 1_000;

type StillHub = Awaited<ReturnType<typeof stillHub>>;

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
  test('a socket from which nothing came for nearly two intervals is closed with 4000, one that answers pings is not', async () => {
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
      if (second === 47) {
        await quiet(hub, alive);
        expect(deaf.raw.readyState).toBe(deaf.raw.OPEN);
      }
      await clock.advance(SECOND);
      // Each socket has its beat within the interval; whichever it is, the pong has arrived by its end.
      if (pinged !== undefined) {
        await Promise.race([pinged, quiet(hub, alive)]);
        await vi.waitUntil(async () => Date.parse(await heardAt()) > clock.now() - 25 * SECOND, PATIENCE);
      }
      if (second === 47) expect(await deaf.closed).toEqual({ code: 4000, reason: 'heartbeat_timeout' });
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

/** Frames that the hub answers, but for one in ten: 20 of unknown types in a row would end the session. */
function chatter(socket: TestSocket, count: number): void {
  const unknown = JSON.stringify({ type: 'x'.repeat(64), ref: 'r'.repeat(128) });
  const flow = JSON.stringify({ type: 'flow', max_in_flight: 64 });
  for (let i = 0; i < count; i++) socket.raw.send(i % 10 === 9 ? flow : unknown);
}

/** Resolves when the TPV got so many answers to its chatter. */
async function answers(socket: TestSocket, count: number): Promise<void> {
  await vi.waitUntil(() => socket.frames.filter(({ type }) => type === 'result').length >= count, PATIENCE);
}

/** Talks until so much waits to be read that the hub hands out nothing more; gives back what it then keeps. */
async function congest({ hub, clock }: StillHub, socket: TestSocket): Promise<string> {
  let updateId = 1_000;
  const rows = () => hub.hub.db.read.selectFrom('instructions').select(['id', 'status']);
  const newest = async () => {
    await hub.message(++updateId, `mensaje ${updateId}`, 1001);
    return rows().where('update_id', '=', updateId).executeTakeFirstOrThrow();
  };
  const isDelivered = async (id: string) =>
    (await rows().where('id', '=', id).executeTakeFirstOrThrow()).status === 'delivered';
  for (;;) {
    const row = await newest();
    if (row.status === 'pending') return row.id;
    await clock.advance(SECOND);
    chatter(socket, 400);
    // Reported behind the frames above: once it is kept, they were read.
    socket.send({ type: 'update', id: row.id, status: 'delivered' });
    await vi.waitUntil(() => isDelivered(row.id), { ...PATIENCE, interval: 5 });
  }
}

// S13
describe('a reader that does not read', () => {
  testOfOneHub('is closed with 4001 as soon as more than 1 MiB waits for it', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const slow = await hub.tpv({ max_users: 1 });
    const socket = await slow.socket();
    await hub.message(1, 'para el lento', 1001);
    const { id } = (await socket.next('instruction')).instruction;
    const bystander = await (await hub.tpv()).socket();
    socket.raw.pause();
    let updateId = 1;
    const waits = patience(() => 'The socket was not closed');
    for (; closeCode(slow) === undefined; waits()) {
      // As fast as it may talk. In small steps: a socket that is closed has 2 s to say goodbye.
      chatter(socket, 50);
      await clock.advance(100);
      // Somebody else's TPV notices nothing.
      await hub.message(++updateId, 'para otro', 1002);
      const { instruction } = await bystander.next('instruction');
      expect(await bystander.report(instruction.id, 'completed')).toMatchObject({ ok: true });
    }
    expect(closeCode(slow)).toBe(4001);
    const row = async () => (await slow.fetch(`/api/tpv/instructions/${id}/`)).body;
    await vi.waitFor(async () => expect(await row()).toMatchObject({ status: 'pending', retry_count: 0 }), WAIT_MS);
    socket.raw.resume();
    expect(await socket.closed).toEqual({ code: 4001, reason: 'slow_consumer' });
  });

  testOfOneHub('gets nothing more while 256 KiB wait, and is closed with 4001 after 30 s of it', async () => {
    const still = await stillHub();
    const { clock, hub, closeCode } = still;
    const slow = await hub.tpv({ max_users: 1 });
    const socket = await slow.socket();
    socket.raw.pause();
    const kept = await congest(still, socket);
    const bystander = await (await hub.tpv()).socket();
    await clock.advance(30 * SECOND);
    await quiet(hub, bystander);
    expect(closeCode(slow)).toBeUndefined();
    expect((await slow.fetch(`/api/tpv/instructions/${kept}/`)).body).toMatchObject({ status: 'pending' });
    await hub.message(1, 'para otro', 1002);
    expect((await bystander.next('instruction')).instruction.payload.text).toBe('para otro');
    await clock.advance(2 * SECOND);
    expect(closeCode(slow)).toBe(4001);
  });

  test('that reads again in time gets what waited, and no attempt was counted', async () => {
    const still = await stillHub();
    const { clock, hub, closeCode } = still;
    const slow = await hub.tpv({ max_users: 1 });
    const socket = await slow.socket();
    socket.raw.pause();
    const kept = await congest(still, socket);
    await clock.advance(29 * SECOND);
    socket.raw.resume();
    for (;;) {
      const { instruction } = await socket.next('instruction');
      if (instruction.id !== kept) continue;
      expect(instruction).toMatchObject({ retry_count: 0 });
      break;
    }
    await clock.advance(31 * SECOND);
    await quiet(hub, socket);
    expect(closeCode(slow)).toBeUndefined();
  });
});

describe('a TPV that talks too much', () => {
  test('is read no faster than its allowance, and closed with 4002 after five seconds of it', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const bystander = await (await hub.tpv()).socket();
    chatter(socket, 20_000);
    for (let second = 0; second < 5; second++) {
      // Nine of ten frames are answered: 2,500 at once, and 500 in each second.
      await answers(socket, 0.9 * (2_500 + 500 * second));
      expect(closeCode(tpv)).toBeUndefined();
      await clock.advance(SECOND);
    }
    expect(await socket.closed).toEqual({ code: 4002, reason: 'too_many_frames' });
    // What was not read was never answered; a chunk of the kernel's may hold some hundred frames more.
    expect(socket.frames.length).toBeLessThan(10_000);
    await quiet(hub, bystander);
    expect(bystander.raw.readyState).toBe(bystander.raw.OPEN);
  });

  test('frames of 250 KB are read as far as their bytes allow', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    const padded = JSON.stringify({ type: 'flow', max_in_flight: 64, padding: 'x'.repeat(250_000) });
    for (let i = 0; i < 200; i++) socket.raw.send(padded);
    for (let second = 0; second < 5; second++) {
      const inKernel = () => socket.raw.bufferedAmount;
      await vi.waitUntil(() => inKernel() > 0 || closeCode(tpv) !== undefined, PATIENCE);
      await quiet(hub, await (await hub.tpv()).socket());
      expect(closeCode(tpv)).toBeUndefined();
      await clock.advance(SECOND);
    }
    expect(await socket.closed).toEqual({ code: 4002, reason: 'too_many_frames' });
  });

  test('pings count as frames', async () => {
    const { clock, hub } = await stillHub();
    const socket = await (await hub.tpv()).socket();
    // More than 60 unanswered pings end a socket in ws itself. The ping of `sync` counts, too.
    for (let batch = 0; batch < 50; batch++) {
      for (let i = 0; i < 49; i++) socket.raw.ping();
      await socket.sync();
    }
    await socket.sync();
    socket.send({ type: 'anything', ref: 'after them' });
    await quiet(hub, await (await hub.tpv()).socket());
    expect(socket.frames.filter(({ type }) => type === 'result')).toEqual([]);
    await clock.advance(SECOND);
    expect(await socket.next('result')).toMatchObject({ ref: 'after them' });
  });

  test('500 a second are fine, and so are 2,500 at once after a rest', async () => {
    const { clock, hub, closeCode } = await stillHub();
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    let answered = 0;
    for (let second = 0; second < 20; second++) {
      const count = second === 0 ? 2_500 : 500;
      chatter(socket, count);
      answered += 0.9 * count;
      await answers(socket, answered);
      await clock.advance(SECOND);
    }
    await quiet(hub, socket);
    expect(closeCode(tpv)).toBeUndefined();
  });

  test('20 frames of unknown types in a row are closed with 4502, and 19 are not', async () => {
    const { hub } = await stillHub();
    const socket = await (await hub.tpv()).socket();
    const unknown = (count: number) => {
      for (let i = 0; i < count; i++) socket.send({ type: 'newer', ref: `${i}` });
    };
    unknown(19);
    socket.send({ type: 'flow', max_in_flight: 64 });
    unknown(19);
    await answers(socket, 38);
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
    unknown(1);
    expect(await socket.closed).toEqual({ code: 4502, reason: 'protocol_error' });
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
  });
});
