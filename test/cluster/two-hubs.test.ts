import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { fetchJson, freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import { openSocket, type TestSocket } from '../support/socket.ts';
import { WAIT_MS } from '../support/within.ts';

// Two hubs in one process on one PostgreSQL, with one bot: updates come to either, sockets are at either.

/** None of these hubs dies, however slow its machine is. */
const LEASE_MS = 60_000;
const FAR = 9_000_000_000_000;

interface TwoHubs {
  a: TestHub;
  b: TestHub;
  /** What a person of a TPV that both know is asked and told. */
  tpv: { id: string; key: string };
  /** The TPV's socket at this hub. */
  socket(at: TestHub, maxInFlight?: number): Promise<TestSocket>;
  /** Calls this hub as the TPV. */
  call(at: TestHub, path: string, init?: Parameters<typeof fetchJson>[1]): ReturnType<typeof fetchJson>;
  rows<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
}

/** `a` leads, as it was there first. */
async function twoHubs(): Promise<TwoHubs> {
  const emulator = await startEmulator({ limits: false });
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const options = { emulator, databaseUrl, shared: { leaseMs: LEASE_MS } };
  const a = await startHub(options);
  const b = await startHub(options);
  const { id, key } = await a.tpv();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  return {
    a,
    b,
    tpv: { id, key },
    async socket(at, maxInFlight) {
      const socket = await openSocket(at.url, { key });
      await socket.next('welcome');
      if (maxInFlight !== undefined) {
        socket.send({ type: 'flow', max_in_flight: maxInFlight });
        await socket.sync();
      }
      return socket;
    },
    call: (at, path, init) =>
      fetchJson(new URL(path, at.url).href, { ...init, headers: { authorization: `ApiKey ${key}` } }),
    rows: async (text, values = []) => (await client.query(text, values)).rows,
  };
}

const texts = (socket: TestSocket) =>
  socket.frames.flatMap((frame) => (frame.type === 'instruction' ? [String(frame.instruction.payload.text)] : []));

async function text(socket: TestSocket): Promise<string> {
  return String((await socket.next('instruction')).instruction.payload.text);
}

describe('a message', () => {
  test('that comes to one hub reaches the TPV’s socket at the other, in order and once', async () => {
    const { a, b, socket, rows } = await twoHubs();
    const open = await socket(b);
    const sent: string[] = [];
    for (let i = 1; i <= 20; i++) {
      const at = i % 3 === 0 ? b : a;
      sent.push(`${i}`);
      expect((await at.message(i, `${i}`)).status).toBe(200);
    }
    await vi.waitFor(() => expect(texts(open)).toHaveLength(sent.length), WAIT_MS);
    expect(texts(open)).toEqual(sent);
    for (const frame of open.frames.filter((one) => one.type === 'instruction')) {
      await open.report(frame.instruction.id, 'completed');
    }
    expect(await rows('select status, count(*)::int from instructions group by 1')).toEqual([
      { status: 'completed', count: sent.length },
    ]);
    // The hub without the socket knows that the TPV is there, and tells no person that it is away.
    expect(await rows('select count(*)::int from push_messages')).toEqual([{ count: 0 }]);
  });

  test('waits for one that another hub put in line before, where the window has room again', async () => {
    const { a, b, socket } = await twoHubs();
    const open = await socket(b, 1);
    await b.message(1, 'uno');
    await a.message(2, 'dos');
    const first = await open.next('instruction');
    await open.report(first.instruction.id, 'completed');
    await b.message(3, 'tres');
    for (const expected of ['dos', 'tres']) {
      const { instruction } = await open.next('instruction');
      expect(instruction.payload.text).toBe(expected);
      await open.report(instruction.id, 'completed');
    }
  });

  test('wakes a long poll at the other hub', async () => {
    const { a, b, call } = await twoHubs();
    const polled = call(b, '/api/tpv/instructions/?wait=30');
    await a.message(1, 'Hola');
    expect((await polled).body.instructions).toMatchObject([{ payload: { text: 'Hola' } }]);
  });

  test('that is reported over REST at the other hub leaves its place in the window', async () => {
    const { a, b, socket, call } = await twoHubs();
    const open = await socket(b, 1);
    await a.message(1, 'uno');
    await a.message(2, 'dos');
    const { instruction } = await open.next('instruction');
    const put = { method: 'PUT', json: { status: 'completed' } };
    expect((await call(a, `/api/tpv/instructions/${instruction.id}/`, put)).status).toBe(200);
    expect(await text(open)).toBe('dos');
  });

  test('that an administrator cancels at one hub is revoked at the other', async () => {
    const { a, b, socket } = await twoHubs();
    const open = await socket(b);
    await a.message(1, 'uno');
    const { instruction } = await open.next('instruction');
    await a.admin(`/api/admin/instructions/${instruction.id}/cancel`, { method: 'POST' });
    expect(await open.next('revoked')).toMatchObject({ id: instruction.id, reason: 'cancelled' });
  });
});

describe('a TPV', () => {
  test('that connects to another hub takes its socket along: the older one ends, and what it held goes out again', async () => {
    const { a, b, socket, rows } = await twoHubs();
    const older = await socket(b);
    await a.message(1, 'uno');
    expect(await text(older)).toBe('uno');
    const newer = await socket(a);
    expect((await older.closed).code).toBe(4501);
    expect(await text(newer)).toBe('uno');
    for (const [i, at] of [b, a, b].entries()) await at.message(i + 2, `${i}`);
    await vi.waitFor(() => expect(texts(newer)).toEqual(['uno', '0', '1', '2']), WAIT_MS);
    expect(texts(older)).toEqual(['uno']);
    expect(await rows('select fence from sockets')).toEqual([{ fence: '2' }]);
  });

  test('that takes its socket from itself three times within a minute raises the alarm, at whichever hubs', async () => {
    const { a, b, tpv, socket, rows } = await twoHubs();
    const alarms: string[] = [];
    for (const { hub } of [a, b]) hub.events.on('tpv.key_shared', ({ tpvId }) => alarms.push(tpvId));
    for (const at of [a, b, a]) await socket(at);
    expect(alarms).toEqual([]);
    await socket(b);
    expect(alarms).toEqual([tpv.id]);
    // It starts anew; and what is longer ago does not count.
    for (const at of [a, b]) await socket(at);
    await rows('update sockets set took_over_before = took_over_before - 60000');
    await socket(a);
    expect(alarms).toEqual([tpv.id]);
    await socket(b);
    expect(alarms).toEqual([tpv.id, tpv.id]);
  });

  test('is online at both hubs, wherever its socket is, and stays so when it changes the hub', async () => {
    const { a, b, socket, rows } = await twoHubs();
    const isOnline = async (at: TestHub) => (await at.admin('/api/admin/tpvs')).body.items[0].is_online;
    const older = await socket(b);
    await vi.waitFor(async () => expect([await isOnline(a), await isOnline(b)]).toEqual([true, true]), WAIT_MS);
    await socket(a);
    await older.closed;
    // Both hubs have written how they saw it: the one whose socket closed, too.
    await b.hub.close();
    await vi.waitFor(async () => expect(await rows('select id from hubs')).toHaveLength(1), WAIT_MS);
    expect(await isOnline(a)).toBe(true);
    expect(await rows('select online_until from tpv_instances')).toEqual([
      { online_until: String(Number.MAX_SAFE_INTEGER) },
    ]);
  });
});

test('the link for the first account is the first hub’s, as long as that is alive', async () => {
  const { a, b } = await twoHubs();
  const link = await a.hub.setupLink(a.url);
  expect(link).toMatch(/#[\w-]{43}$/);
  expect(await b.hub.setupLink(b.url)).toBeUndefined();
  await a.hub.close();
  const other = await b.hub.setupLink(b.url);
  expect(other).toMatch(/#[\w-]{43}$/);
  expect(other).not.toBe(link);
});

describe('what no hint brings', () => {
  test('is found by a look at the rows: a message for a socket, and one for a long poll', async () => {
    const { b, tpv, socket, call, rows } = await twoHubs();
    const insert = (id: string) =>
      rows(
        `insert into instructions (id, tpv_id, telegram_user_id, command, payload, status, priority, created_at,
          expires_at, due_at) values ($1, $2, 5, 'process_message', '{}', 'pending', 5, 1, $3, $3)`,
        [id, tpv.id, FAR],
      );
    const polled = call(b, '/api/tpv/instructions/?wait=30');
    const [byPoll, bySocket] = [randomUUID(), randomUUID()];
    await insert(byPoll);
    expect((await polled).body.instructions).toMatchObject([{ id: byPoll }]);
    const open = await socket(b);
    expect((await open.next('instruction')).instruction.id).toBe(byPoll);
    await insert(bySocket);
    expect((await open.next('instruction')).instruction.id).toBe(bySocket);
  });

  test('ends a socket whose row another hub has, and one whose hub was buried', async () => {
    const { b, socket, rows } = await twoHubs();
    const replaced = await socket(b);
    await rows("update sockets set session_id = 'of another hub'");
    expect((await replaced.closed).code).toBe(4501);
    const buried = await socket(b);
    await rows('delete from sockets');
    expect((await buried.closed).code).toBe(1012);
  });
});

test('a TPV hears at one hub that its service was changed at the other', async () => {
  const { a, b, socket, call } = await twoHubs();
  const open = await socket(b);
  const json = { state: 'paused', reason: 'Vacaciones' };
  const put = await call(a, '/api/tpv/service', { method: 'PUT', json });
  expect(put.status).toBe(200);
  expect((await open.next('service')).service).toMatchObject({ state: 'paused' });
});

describe('a message to a person', () => {
  test('is accepted by any hub and sent by the one that leads, and the one that was asked knows how it fared', async () => {
    const { a, b, call, rows } = await twoHubs();
    await a.message(1, 'Hola');
    const json = { telegram_user_id: 1001, text: 'Tu mesa está lista' };
    const pushed = await call(b, '/api/tpv/push/', { method: 'POST', json });
    expect([pushed.status, pushed.body.status]).toEqual([201, 'sent']);
    expect(await rows("select status, sender_term from push_messages where text like 'Tu mesa%'")).toEqual([
      { status: 'sent', sender_term: '1' },
    ]);
    await a.hub.close();
    const again = await call(b, '/api/tpv/push/', { method: 'POST', json: { ...json, text: 'Otra' } });
    expect(again.body.status).toBe('sent');
    expect(await rows("select sender_term from push_messages where text = 'Otra'")).toEqual([{ sender_term: '2' }]);
  });

  test('with a file that came to another hub has it', async () => {
    const { a, b, tpv, rows } = await twoHubs();
    await a.message(1, 'Hola');
    const form = new FormData();
    for (const [name, value] of Object.entries({ telegram_user_id: '1001', message_type: 'document' })) {
      form.set(name, value);
    }
    // Of several parts.
    form.set('document', new File([new Uint8Array(700_000).fill(65)], 'ticket.txt', { type: 'text/plain' }));
    const headers = { authorization: `ApiKey ${tpv.key}` };
    const pushed = await fetch(new URL('/api/tpv/push/', b.url), { method: 'POST', body: form, headers });
    expect([pushed.status, await pushed.json()]).toMatchObject([201, { status: 'sent' }]);
    expect(await rows('select sender_term from push_messages where upload_bytes = 700000')).toEqual([
      { sender_term: '1' },
    ]);
    const person = a.emulator.person({ id: 1001, first_name: 'Ana', started: true });
    expect(person.chat.map(({ document }) => document?.file_size).filter(Boolean)).toEqual([700_000]);
    await vi.waitFor(async () => expect(await rows('select id from uploads')).toEqual([]), WAIT_MS);
  });

  test('that answers a press shows at the hub that took it, wherever the TPV reports', async () => {
    const { a, b, call, rows } = await twoHubs();
    await a.message(1, 'Hola');
    const buttons = [[{ text: 'Pagar', action: 'pay' }]];
    const json = { telegram_user_id: 1001, text: '¿Pagamos?', buttons };
    const pushed = await call(b, '/api/tpv/push/', { method: 'POST', json });
    expect(pushed.body.status).toBe('sent');
    const [button] = await rows<{ token: string }>('select token from buttons');
    const [message] = await rows<{ id: string }>(
      'select telegram_message_id as id from push_messages where reply_markup is not null',
    );
    const person = { id: 1001, is_bot: false, first_name: 'Ana' };
    await b.update({
      update_id: 2,
      callback_query: {
        id: '77',
        from: person,
        chat_instance: '1',
        data: button?.token,
        message: { message_id: Number(message?.id), date: 1, chat: { id: 1001, type: 'private' }, text: '¿Pagamos?' },
      },
    });
    const polled = await call(a, '/api/tpv/instructions/?wait=30');
    const press = polled.body.instructions.find((one: { command: string }) => one.command !== 'process_message');
    const response = { text: 'Pagado', new_text: 'Está pagado.' };
    const report = { method: 'PUT', json: { status: 'completed', response } };
    await call(a, `/api/tpv/instructions/${press.id}/`, report);
    await vi.waitFor(
      async () => expect(await rows('select settled_at is not null as seen from presses')).toEqual([{ seen: true }]),
      WAIT_MS,
    );
    const answers = a.emulator.calls.filter(({ method }) => method === 'answerCallbackQuery');
    expect(answers.map(({ params }) => params.text)).toEqual(['Pagado']);
    const edits = a.emulator.calls.filter(({ method }) => method === 'editMessageText');
    expect(edits.map(({ params }) => params.text)).toEqual([expect.stringContaining('Está pagado.')]);
  });
});
