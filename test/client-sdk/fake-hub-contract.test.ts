import { describe, expect, onTestFinished, test } from 'vitest';
import { instructionSchema } from '../../client-sdk/src/protocol/mod.ts';
import { FakeHub } from '../../client-sdk/src/testing/mod.ts';
import { fetchJson, type JsonInit, startHub } from '../support/hub.ts';
import { openSocket, Refused, type TestSocket } from '../support/socket.ts';

/** What a TPV can see of a hub, and what its people do. */
interface Subject {
  url: string;
  key: string;
  say(text: string, from?: number): Promise<void>;
}

const subjects: [string, () => Promise<Subject>][] = [
  [
    'the hub',
    async () => {
      const hub = await startHub();
      const tpv = await hub.tpv();
      let updates = 0;
      const say = async (text: string, from?: number) => void (await hub.message(++updates, text, from));
      return { url: hub.url, key: tpv.key, say };
    },
  ],
  [
    'the fake hub',
    async () => {
      const hub = await FakeHub.start();
      onTestFinished(() => hub.close());
      const say = async (text: string, from?: number) => void hub.say(text, from);
      return { url: hub.url, key: hub.access.apiKey, say };
    },
  ],
];

// Each frame that the sockets of this file get is checked against the schemas of src/protocol by `openSocket`.
describe.each(subjects)('%s', (_name, start) => {
  async function setUp() {
    const subject = await start();
    const rest = (path: string, init: JsonInit = {}) =>
      fetchJson(new URL(path, subject.url).href, {
        ...init,
        headers: { authorization: `ApiKey ${subject.key}`, ...init.headers },
      });
    const open = () => openSocket(subject.url, { key: subject.key });
    return { ...subject, rest, open };
  }

  async function take(socket: TestSocket) {
    const { instruction } = await socket.next('instruction');
    return instruction;
  }

  test('says welcome, then hands out what waits in its order, and the next at once', async () => {
    const { say, open } = await setUp();
    await say('one');
    await say('two', 1002);
    const socket = await open();
    expect(await socket.next('welcome')).toMatchObject({ protocol: 1, max_in_flight: 64, pending: 2 });
    const [first, second] = [await take(socket), await take(socket)];
    expect([first.payload.text, second.payload.text]).toEqual(['one', 'two']);
    expect(first).toMatchObject({
      status: 'sent',
      retry_count: 0,
      command: 'process_message',
      priority: 5,
      response: null,
    });
    expect(first.sent_at).not.toBeNull();
    expect(Object.keys(first.payload).sort()).toEqual([
      'attachments',
      'chat_id',
      'date',
      'first_name',
      'language_code',
      'last_name',
      'message_id',
      'text',
      'username',
    ]);
    for (const { id } of [first, second]) {
      expect(await socket.report(id, 'completed', { response: { text: 'done' } })).toMatchObject({
        ok: true,
        data: { status: 'ok', instruction_id: id, new_status: 'completed' },
      });
    }
    await say('three');
    expect((await take(socket)).payload.text).toBe('three');
  });

  test('sends the same again after a cut, its attempts unchanged', async () => {
    const { say, open } = await setUp();
    await say('one');
    const before = await open();
    const first = await take(before);
    before.cut();
    const after = await open();
    expect(await take(after)).toMatchObject({ id: first.id, retry_count: 0 });
  });

  test('takes the same report twice, and no step back', async () => {
    const { say, open, rest } = await setUp();
    await say('one');
    const socket = await open();
    const { id } = await take(socket);
    expect(await socket.report(id, 'processing')).toMatchObject({ ok: true });
    expect(await socket.report(id, 'processing')).toMatchObject({ ok: true });
    expect(await socket.report(id, 'delivered')).toMatchObject({ ok: false, error: { code: 'invalid_transition' } });
    expect(await socket.report(id, 'failed', { error_message: 'no' })).toMatchObject({ ok: true });
    expect(await socket.report(id, 'completed')).toMatchObject({ ok: false, error: { code: 'invalid_transition' } });
    expect(await rest(`/api/tpv/instructions/${id}/`, { method: 'PATCH', json: { status: 'failed' } })).toMatchObject({
      status: 200,
      body: { status: 'ok', instruction_id: id, new_status: 'failed' },
    });
    const { body } = await rest(`/api/tpv/instructions/${id}`);
    expect(instructionSchema.parse(body)).toMatchObject({ status: 'failed', error_message: 'no' });
  });

  test('takes a message with a report once for each state, and refuses both where it is none', async () => {
    const { say, open, rest } = await setUp();
    await say('one');
    const socket = await open();
    const { id } = await take(socket);
    const refused = await socket.report(id, 'completed', { reply: { text: '' } });
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_request', details: [{ path: 'reply.text' }] } });
    const first = await socket.report(id, 'processing', { reply: { text: 'En ello' } });
    expect(first.data).toEqual({
      status: 'ok',
      instruction_id: id,
      new_status: 'processing',
      push_message_id: expect.any(String),
    });
    expect((await socket.report(id, 'processing', { reply: { text: 'Sigo' } })).data).toEqual(first.data);
    const json = { status: 'completed', reply: { text: 'Hecho', buttons: [[{ text: 'Gracias', action: 'thanks' }]] } };
    const last = await rest(`/api/tpv/instructions/${id}/`, { method: 'PUT', json });
    expect(last.body.push_message_id).not.toBe(Object(first.data).push_message_id);
    expect(await rest(`/api/tpv/instructions/${id}/`, { method: 'PUT', json })).toMatchObject({ body: last.body });
    const state = await rest(`/api/tpv/push/${last.body.push_message_id}/`);
    expect(state).toMatchObject({ status: 200, body: { push_message_id: last.body.push_message_id } });
    await say('two');
    const bare = await take(socket);
    await socket.report(bare.id, 'completed');
    const late = await socket.report(bare.id, 'completed', { reply: { text: 'Tarde' } });
    expect(late.data).toEqual({ status: 'ok', instruction_id: bare.id, new_status: 'completed' });
  });

  test('lets the newest socket win', async () => {
    const { say, open } = await setUp();
    await say('one');
    const older = await open();
    const { id } = await take(older);
    const newer = await open();
    expect(await older.closed).toMatchObject({ code: 4501 });
    expect(await take(newer)).toMatchObject({ id, retry_count: 0 });
  });

  test('gives a socket what a poller has, and takes the poller’s report', async () => {
    const { say, open, rest } = await setUp();
    await say('one');
    const { body } = await rest('/api/tpv/instructions/?limit=5');
    expect(body).toMatchObject({ count: 1, instructions: [{ status: 'sent', retry_count: 0 }] });
    const [{ id }] = body.instructions;
    const socket = await open();
    expect(await take(socket)).toMatchObject({ id, status: 'sent' });
    expect(await rest(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } })).toMatchObject({
      status: 200,
    });
  });

  test('holds a poll until something is there', async () => {
    const { say, rest } = await setUp();
    const poll = rest('/api/tpv/instructions/?wait=30');
    await rest('/api/tpv/info/');
    await say('one');
    expect((await poll).body).toMatchObject({ count: 1, instructions: [{ payload: { text: 'one' } }] });
    expect((await rest('/api/tpv/instructions/')).body).toEqual({ count: 0, instructions: [] });
    expect((await rest('/api/tpv/instructions/?status=sent')).body.count).toBe(1);
  });

  test('never has more out than the window', async () => {
    const { say, open } = await setUp();
    for (const text of ['one', 'two', 'three']) await say(text);
    const socket = await open();
    await socket.next('welcome');
    const ids = [await take(socket), await take(socket), await take(socket)].map(({ id }) => id);
    socket.send({ type: 'flow', max_in_flight: 3 });
    await socket.sync();
    await say('four');
    await socket.sync();
    expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(3);
    await socket.report(ids[0] ?? '', 'delivered');
    expect((await take(socket)).payload.text).toBe('four');
    socket.send({ type: 'flow', max_in_flight: 0 });
    for (const id of ids) await socket.report(id, 'completed');
    await say('five');
    await socket.sync();
    expect(socket.frames.filter(({ type }) => type === 'instruction')).toHaveLength(4);
    socket.send({ type: 'flow', max_in_flight: 64 });
    expect((await take(socket)).payload.text).toBe('five');
  });

  test('answers frames that it can’t take, and leaves at the third that it can’t read', async () => {
    const { open } = await setUp();
    const socket = await open();
    const unknown = crypto.randomUUID();
    expect(await socket.report(unknown, 'completed')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    socket.send({ type: 'update', id: unknown, status: 'completed' });
    expect(await socket.next('error')).toMatchObject({ error: { code: 'not_found' } });
    socket.send({ type: 'dance' });
    expect(await socket.next('error')).toMatchObject({ error: { code: 'unknown_type' } });
    socket.send('no JSON');
    expect(await socket.next('error')).toMatchObject({ error: { code: 'invalid_request' } });
    socket.send({ type: 'flow', max_in_flight: -1 });
    expect(await socket.next('error')).toMatchObject({ error: { code: 'invalid_request' } });
    socket.send({ type: 'update', id: unknown, status: 'sent', ref: 'a' });
    expect(await socket.next('result')).toMatchObject({ ref: 'a', ok: false, error: { code: 'invalid_request' } });
    expect(await socket.closed).toMatchObject({ code: 4502 });
  });

  test('leaves at a binary frame, and at one that is too large', async () => {
    const { open } = await setUp();
    const binary = await open();
    binary.raw.send(Buffer.from('x'));
    expect((await binary.closed).code).toBe(1003);
    const large = await open();
    large.raw.send('x'.repeat(256 * 1024 + 1));
    expect((await large.closed).code).toBe(1009);
  });

  test('refuses before the upgrade', async () => {
    const { url, key } = await setUp();
    const refused = async (options: Parameters<typeof openSocket>[1]) => {
      const error = await openSocket(url, options).catch((caught: unknown) => caught);
      if (!(error instanceof Refused)) throw new Error('not refused');
      return [error.status, JSON.parse(error.body).code];
    };
    expect(await refused({})).toEqual([401, 'unauthorized']);
    expect(await refused({ key: 'a-made-up-wrong-key' })).toEqual([401, 'unauthorized']);
    expect(await refused({ path: `/api/tpv/ws/?api_key=${key}` })).toEqual([401, 'unauthorized']);
    expect(await refused({ key, protocols: ['valletpv.v9'] })).toEqual([400, 'invalid_request']);
    expect(await refused({ key, headers: { origin: 'https://evil.example' } })).toEqual([403, 'forbidden']);
    const carried = await openSocket(url, { protocols: ['valletpv.v1', `valletpv.apikey.${key}`] });
    expect(carried.raw.protocol).toBe('valletpv.v1');
    await carried.next('welcome');
  });

  test('answers REST in the contract’s shapes', async () => {
    const { rest, say, url } = await setUp();
    await say('Hola', 77);
    const keysOf = async (path: string, init?: JsonInit) => {
      const { status, body } = await rest(path, init);
      return [status, Object.keys(body).sort()];
    };
    expect(await keysOf('/api/tpv/info')).toEqual([
      200,
      [
        'created_at',
        'endpoint_url',
        'id',
        'is_active',
        'is_online',
        'last_heartbeat',
        'max_users',
        'metadata',
        'name',
        'service',
        'user_count',
        'version',
      ],
    ]);
    expect(await keysOf('/api/tpv/stats/')).toEqual([
      200,
      ['instructions', 'is_online', 'last_heartbeat', 'push_messages', 'service', 'tpv_id', 'tpv_name', 'users'],
    ]);
    expect(await keysOf('/api/tpv/heartbeat/', { method: 'POST' })).toEqual([200, ['status', 'timestamp']]);
    expect(await keysOf('/api/tpv/key/rotate/', { method: 'POST' })).toEqual([
      201,
      ['api_key', 'previous_valid_until'],
    ]);
    expect(await keysOf('/api/tpv/signing-secret/rotate/', { method: 'POST' })).toEqual([
      201,
      ['previous_valid_until', 'signing_secret'],
    ]);
    const set = (json: object) => rest('/api/tpv/service/', { method: 'PUT', json });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const paused = { state: 'paused', minutes: null, until, reason: 'obras' };
    const said = { ...paused, opens_at: null, closes_at: null, set: paused, timetable: null };
    expect(await set({ state: 'paused', until, reason: 'obras' })).toMatchObject({ status: 200, body: said });
    expect((await rest('/api/tpv/service/')).body).toEqual(said);
    for (const wrong of [
      {},
      { state: 'busy' },
      { state: 'open', reason: 'x' },
      { state: 'paused', until: '2020-01-01T00:00:00Z' },
    ])
      expect(await set(wrong)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    const closed = { zone: 'Europe/Madrid', weekly: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] } };
    expect((await set({ timetable: { weekly: {} } })).body.timetable).toEqual({ ...closed, exceptions: [] });
    const users = (await rest('/api/tpv/users/?limit=1')).body;
    expect(users).toMatchObject({ count: 1, users: [{ telegram_id: 77, is_active: true }], next: 77 });
    expect((await rest('/api/tpv/users/?after=77')).body).toEqual({ count: 0, users: [], next: null });
    const registration = { name: 'Bar', endpoint_url: 'http://localhost:8001' };
    const registered = await fetchJson(`${url}/api/tpv/register/`, { method: 'POST', json: registration });
    expect([registered.status, Object.keys(registered.body).sort()]).toEqual([
      201,
      ['api_key', 'id', 'is_active', 'message', 'name', 'signing_secret'],
    ]);
    const codeOf = async (path: string, init?: JsonInit) => {
      const { status, body } = await rest(path, init);
      return [status, body.code, typeof body.error];
    };
    expect(await codeOf('/api/tpv/info/', { headers: { authorization: 'ApiKey a-made-up-wrong-key' } })).toEqual([
      401,
      'unauthorized',
      'string',
    ]);
    expect(await codeOf('/api/tpv/nothing/')).toEqual([404, 'not_found', 'string']);
    expect(await codeOf(`/api/tpv/instructions/${crypto.randomUUID()}/`)).toEqual([404, 'not_found', 'string']);
    expect(await codeOf('/api/tpv/instructions/?limit=101')).toEqual([400, 'invalid_request', 'string']);
    expect(await codeOf('/api/tpv/instructions/?status=foo')).toEqual([400, 'invalid_request', 'string']);
  });
});
