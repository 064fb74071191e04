import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { deactivate } from '../../src/tpvs/edit.ts';
import { revokeKeys } from '../../src/tpvs/keys.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, type DialectUnderTest, startHub, type TestHub, type TestTpv, testOfOneHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { quiet } from '../support/quiet.ts';
import { frame, type RawFrame, type RawSocket, rawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { openSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

const PATIENCE = { timeout: WAIT_MS };

/** A TPV's socket byte by byte, with one instruction in its hands. */
async function rawWithInstruction(hub: TestHub, tpv: TestTpv): Promise<{ socket: RawSocket; id: string }> {
  const socket = rawSocket(hub.url);
  socket.write(upgradeRequest({ Authorization: `ApiKey ${tpv.key}` }));
  await socket.heard(({ type }) => type === 'welcome');
  await hub.message(1, 'Hola');
  const { instruction } = await socket.heard(({ type }) => type === 'instruction');
  return { socket, id: instruction.id };
}

async function statusOf(tpv: TestTpv, id: string): Promise<string> {
  return (await tpv.fetch(`/api/tpv/instructions/${id}/`)).body.status;
}

const KIB = 1024;
const broken: [string, number, () => RawFrame[]][] = [
  ['an unmasked frame', 1002, () => [{ payload: '{}', masked: false }]],
  ['reserved bits', 1002, () => [{ payload: '{}', reserved: 0b011 }]],
  ['compression that was not agreed on', 1002, () => [{ payload: '{}', reserved: 0b100 }]],
  ['an opcode that does not exist', 1002, () => [{ payload: '{}', opcode: 5 }]],
  ['a fragmented ping', 1002, () => [{ opcode: 9, fin: false }]],
  ['a continuation of nothing', 1002, () => [{ opcode: 0, payload: '{}' }]],
  ['invalid UTF-8', 1007, () => [{ payload: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }]],
  ['a binary frame', 1003, () => [{ opcode: 2, payload: '{"type":"flow","max_in_flight":1}' }]],
  ['a frame of 257 KiB', 1009, () => [{ payload: `"${'x'.repeat(257 * KIB)}"` }]],
  [
    'fragments of 257 KiB in all',
    1009,
    () => [
      { payload: 'x'.repeat(200 * KIB), fin: false },
      { opcode: 0, payload: 'x'.repeat(57 * KIB), fin: false },
    ],
  ],
  [
    'endless fragments',
    1008,
    () => [
      { payload: '"', fin: false },
      ...Array.from({ length: 17_000 }, (): RawFrame => ({ opcode: 0, fin: false })),
    ],
  ],
];

describe('a client that breaks the protocol of WebSockets', () => {
  test.each(broken)('with %s is closed with %i, and keeps nothing', async (_name, code, frames) => {
    // The clock stands still: what is said here happens at once, whether or not the client goes.
    const { log, lines } = keptLog();
    const hub = await startHub({ clock: testClock(), log });
    const tpv = await hub.tpv({ max_users: 1 });
    const { socket, id } = await rawWithInstruction(hub, tpv);
    const bystander = await (await hub.tpv()).socket();
    socket.write(Buffer.concat(frames().map(frame)));
    expect(await socket.closeCode()).toBe(code);
    await vi.waitUntil(async () => (await statusOf(tpv, id)) === 'pending', PATIENCE);
    // Not the 1006 of a connection that ended later.
    expect(lines.find((line) => line.socket === 'closed')).toMatchObject({ tpv_id: tpv.id, code });
    await hub.message(2, '¿Sigues ahí?', 1002);
    expect((await bystander.next('instruction')).instruction.payload.text).toBe('¿Sigues ahí?');
    const next = await tpv.socket();
    expect((await next.next('instruction')).instruction).toMatchObject({ retry_count: 0 });
  });

  test('a frame of exactly 256 KiB is read', async () => {
    const hub = await startHub();
    const socket = await (await hub.tpv()).socket();
    const head = '{"type":"update","ref":"large","status":"completed","id":"x","response":"';
    socket.send(`${head}${'x'.repeat(256 * KIB - head.length - 2)}"}`);
    expect(await socket.next('result')).toMatchObject({ ref: 'large', ok: false, error: { code: 'not_found' } });
  });

  test('who says that it closes, and keeps the connection, has lost everything a second later', async () => {
    const clock = testClock();
    const hub = await startHub({ clock });
    const tpv = await hub.tpv();
    const { socket, id } = await rawWithInstruction(hub, tpv);
    socket.write(frame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]) }));
    expect(await socket.closeCode()).toBe(1000);
    await clock.advance(1_000);
    await vi.waitUntil(async () => (await statusOf(tpv, id)) === 'pending', PATIENCE);
  });
});

describe('frames that can not be read', () => {
  const unreadable = [
    'not JSON',
    '[]',
    'null',
    '"text"',
    '{}',
    '{"type":7}',
    '{"type":"flow","max_in_flight":257}',
    '{"type":"flow","max_in_flight":"5"}',
    '{"type":"update","id":"x","status":"sent"}',
    '{"type":"update","status":"completed"}',
    `{"type":"update","id":"x","status":"failed","error_message":"${'x'.repeat(4_097)}"}`,
    '\uFEFF{"type":"flow","max_in_flight":5}',
    '['.repeat(100_000),
  ];

  test.each(unreadable.map((text) => [text.slice(0, 50), text]))(
    '%s: two are answered, the third ends it',
    async (_, text) => {
      const hub = await startHub();
      const socket = await (await hub.tpv()).socket();
      for (let i = 0; i < 2; i++) {
        socket.send(text);
        expect(await socket.next('error')).toMatchObject({ error: { code: 'invalid_request' } });
      }
      // What can be read in between is taken.
      await hub.message(1, 'Hola');
      const { id } = (await socket.next('instruction')).instruction;
      expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
      socket.send(text);
      expect(await socket.next('error')).toMatchObject({ error: { code: 'invalid_request' } });
      expect(await socket.closed).toEqual({ code: 4502, reason: 'protocol_error' });
    },
  );

  test('with a usable ref the answer is a result', async () => {
    const hub = await startHub();
    const socket = await (await hub.tpv()).socket();
    socket.send({ type: 'update', id: 'x', status: 'lost', ref: 'a' });
    expect(await socket.next('result')).toMatchObject({
      ref: 'a',
      ok: false,
      error: { code: 'invalid_request', details: [{ path: 'status', message: expect.any(String) }] },
    });
  });
});

/** Another process of the hub's: its own connections to the same database. */
function otherProcess(hub: TestHub) {
  const db = openDatabase({ DATABASE_URL: hub.databaseUrl, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  return db;
}

async function connected(database: DialectUnderTest) {
  const clock = testClock();
  const hub = await startHub({ database, clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  const bystander = await (await hub.tpv()).socket();
  return { clock, hub, tpv, socket, bystander };
}

/** Has the hub's next look at its two sockets wait at the second, once the first was found to be fine. */
function slowLook({ hub: { db } }: TestHub): { halfway: Promise<void>; goOn(): void } {
  const { promise: halfway, resolve: isHalfway } = Promise.withResolvers<void>();
  const { promise: rest, resolve: goOn } = Promise.withResolvers<void>();
  const query: Database['query'] = db.query;
  let looks = 0;
  vi.spyOn(db, 'query').mockImplementation(async (statement, parameters) => {
    if ('id' in parameters && 'now' in parameters && ++looks === 2) {
      isHalfway();
      await rest;
    }
    return query.call(db, statement, parameters);
  });
  return { halfway, goOn };
}

describe.each(DIALECTS)('a TPV that loses access on %s is cut off within a second', (database) => {
  test.each([
    ['its keys are revoked', 4500, 'unauthorized', 'revoke-keys', 'POST'],
    ['it is deleted', 4500, 'unauthorized', '', 'DELETE'],
    ['it is deactivated', 4503, 'tpv_inactive', 'deactivate', 'POST'],
  ])('when %s: %i', async (_name, code, reason, path, method) => {
    const { clock, hub, tpv, socket, bystander } = await connected(database);
    const json = path === 'deactivate' ? { json: {} } : {};
    expect((await hub.admin(`/api/admin/tpvs/${tpv.id}/${path}`, { method, ...json })).status).toBe(200);
    await clock.advance(1_000);
    expect(await socket.closed).toEqual({ code, reason });
    await quiet(hub, bystander);
    expect(bystander.raw.readyState).toBe(bystander.raw.OPEN);
  });

  test('when another process revokes its keys, or deactivates it', async () => {
    const { clock, hub, tpv, socket, bystander } = await connected(database);
    await clock.advance(5_000);
    const db = otherProcess(hub);
    await db.transact((tx) => revokeKeys(tx, tpv.id));
    await clock.advance(1_000);
    expect(await socket.closed).toEqual({ code: 4500, reason: 'unauthorized' });
    const third = await hub.tpv();
    const another = await third.socket();
    await db.transact((tx) => deactivate(tx, third.id));
    await clock.advance(1_000);
    expect(await another.closed).toEqual({ code: 4503, reason: 'tpv_inactive' });
    await quiet(hub, bystander);
    expect(bystander.raw.readyState).toBe(bystander.raw.OPEN);
  });

  testOfOneHub('right after a slow look that began before, also where no other second passes', async () => {
    const { clock, hub, tpv, socket } = await connected(database);
    const { halfway, goOn } = slowLook(hub);
    await clock.advance(500);
    await halfway;
    await otherProcess(hub).transact((tx) => revokeKeys(tx, tpv.id));
    await clock.advance(500);
    goOn();
    expect(await socket.closed).toEqual({ code: 4500, reason: 'unauthorized' });
  });

  test('when its key is rotated out, and not while the key is one of the two that are valid', async () => {
    const { clock, hub, tpv, socket } = await connected(database);
    const { body } = await tpv.fetch('/api/tpv/key/rotate/', { method: 'POST' });
    await clock.advance(2_000);
    await quiet(hub, socket);
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
    const headers = { authorization: `ApiKey ${body.api_key}` };
    await hub.fetch('/api/tpv/key/rotate/', { method: 'POST', headers });
    await clock.advance(1_000);
    expect(await socket.closed).toEqual({ code: 4500, reason: 'unauthorized' });
  });

  test('or within a minute where its key ends by time', async () => {
    const { clock, hub, socket, bystander } = await connected(database);
    await clock.advance(1_000);
    await quiet(hub, bystander);
    const db = otherProcess(hub);
    const validUntil = clock.now() + 10_000;
    await db.transact((tx) =>
      tx.kysely.updateTable('api_keys').set({ valid_until: validUntil }).where('valid_until', 'is', null).execute(),
    );
    await clock.advance(65_000);
    expect(await socket.closed).toEqual({ code: 4500, reason: 'unauthorized' });
  });
});

describe('one socket per TPV', () => {
  test('three take-overs within a minute raise the alarm, once', async () => {
    const clock = testClock();
    const hub = await startHub({ clock });
    const { key, id } = await hub.tpv();
    const alarms: string[] = [];
    hub.hub.events.on('tpv.key_shared', ({ tpvId }) => alarms.push(tpvId));
    const open = async () => {
      const socket = await openSocket(hub.url, { key });
      await socket.next('welcome');
      return socket;
    };
    const first = await open();
    await open();
    expect(await first.closed).toEqual({ code: 4501, reason: 'replaced' });
    await open();
    await clock.advance(20_000);
    expect(alarms).toEqual([]);
    await open();
    expect(alarms).toEqual([id]);
    await open();
    expect(alarms).toEqual([id]);
  });

  test('take-overs that are further apart raise none', async () => {
    const clock = testClock();
    const hub = await startHub({ clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
    const tpv = await hub.tpv();
    const alarms: string[] = [];
    hub.hub.events.on('tpv.key_shared', ({ tpvId }) => alarms.push(tpvId));
    for (let i = 0; i < 6; i++) {
      await tpv.socket();
      await clock.advance(31_000);
    }
    expect(alarms).toEqual([]);
  });

  test('the late close of an old socket does not touch the new one', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    const { socket: old, id } = await rawWithInstruction(hub, tpv);
    const socket = await tpv.socket();
    expect((await socket.next('instruction')).instruction.id).toBe(id);
    expect(await old.closeCode()).toBe(4501);
    // What the old one still says is not heard, and its end comes long after the new one's beginning.
    old.write(frame({ payload: `{"type":"update","id":"${id}","status":"failed"}` }));
    old.tcp.destroy();
    await old.ended();
    await quiet(hub, socket);
    expect(await statusOf(tpv, id)).toBe('sent');
    expect((await tpv.fetch('/api/tpv/info/')).body.is_online).toBe(true);
    await hub.message(2, 'Otra');
    expect((await socket.next('instruction')).instruction.payload.text).toBe('Otra');
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: true });
  });
});
