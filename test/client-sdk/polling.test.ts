import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type ClientStatus,
  type Clock,
  HubClient,
  type HubClientOptions,
  type Instruction,
  systemClock,
} from '#hub-client';
import { FaultyProxy } from '../chaos/faulty-proxy.ts';
import { startHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';
import { type Answer, type Call, startAnsweringServer } from './support/answering-server.ts';
import { API_KEY, instruction, openHub, Queue } from './support/scripted-hub.ts';

const TPV_INFO = {
  id: crypto.randomUUID(),
  name: 'TPV',
  endpoint_url: 'http://localhost:8001',
  is_active: true,
  max_users: 100,
  version: null,
  metadata: {},
  created_at: '2025-11-09T10:30:00.000Z',
  last_heartbeat: null,
  user_count: 0,
  is_online: true,
};

/** A real hub with a proxy before it, and a TPV whose handler tells what it gets. */
async function setUp(options: Partial<HubClientOptions> = {}) {
  const hub = await startHub();
  const { key } = await hub.tpv();
  const proxy = await FaultyProxy.start(hub.url);
  onTestFinished(() => proxy.close());
  const tpv = new HubClient({ url: proxy.url, apiKey: key, backoff: { baseMs: 10, maxMs: 50 }, ...options });
  onTestFinished(() => tpv.close({ deadlineMs: 0 }));
  const texts = new Queue<string>();
  tpv.on('process_message', ({ payload }) => {
    texts.push(payload.text);
    return payload.text;
  });
  const statuses: ClientStatus[] = [];
  tpv.onStatus((status) => statuses.push(status));
  const completed = async (count: number) => {
    const done = () =>
      hub.hub.db.read.selectFrom('instructions').select('id').where('status', '=', 'completed').execute();
    await vi.waitUntil(async () => (await done()).length === count, WAIT_MS);
  };
  return { hub, proxy, tpv, texts, statuses, completed };
}

interface Script {
  /** What a scripted hub has in each state, one list for each time it is asked. */
  lists: Partial<Record<string, Instruction[][]>>;
  /** Its answers to reports in turn; with none left it takes them. */
  reports?: { status: number; json: unknown }[];
}

/** A hub that answers polls by a script, and a client that is not connected yet. */
async function scripted({ lists, reports = [] }: Script, options: Partial<HubClientOptions> = {}) {
  const reported = new Queue<string>();
  const answerTo = ({ method, path, body }: Call): Answer => {
    if (method === 'PATCH') {
      reported.push(body.toString());
      return reports.shift() ?? { status: 200, json: { new_status: 'completed' } };
    }
    const status = new URL(path, 'http://hub').searchParams.get('status');
    if (status === null) return { status: 200, json: TPV_INFO };
    const instructions = lists[status]?.shift();
    // As a hub that holds a long poll.
    if (status === 'pending' && instructions === undefined) return 'silence';
    return { status: 200, json: { instructions: instructions ?? [] } };
  };
  const server = await startAnsweringServer((call, response) => {
    const answer = answerTo(call);
    if (typeof answer === 'object') response.writeHead(answer.status).end(JSON.stringify(answer.json));
  });
  const tpv = new HubClient({ url: server.url, apiKey: API_KEY, transport: 'polling', ...options });
  onTestFinished(() => tpv.close({ deadlineMs: 0 }));
  return { tpv, reported };
}

function transportOf({ status }: HubClient): string | undefined {
  return status.state === 'online' ? status.transport : undefined;
}

test('by polling alone, instructions come in order and are reported on', async () => {
  const { hub, tpv, texts, completed } = await setUp({ transport: 'polling' });
  await tpv.connect();
  expect(tpv.status).toMatchObject({ state: 'online', transport: 'polling', tpv: { name: 'TPV de prueba' } });
  for (let n = 1; n <= 3; n++) await hub.message(n, `${n}`);
  expect([await texts.next(), await texts.next(), await texts.next()]).toEqual(['1', '2', '3']);
  await completed(3);
  expect(tpv.counters).toMatchObject({ received: 3, done: 3, failed: 0, transport: 'polling' });
});

test('an upgrade that a proxy strips is polled around at once, and the socket taken when it can be had', async () => {
  // Set ahead by hand; its timers are the machine's, so that no call under way runs out of time.
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const { hub, proxy, tpv, texts, statuses, completed } = await setUp({ clock });
  proxy.make('strip', 3_600_000);
  await tpv.connect();
  expect(transportOf(tpv)).toBe('polling');
  expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'connecting', 'online']);
  await hub.message(1, 'polled');
  expect(await texts.next()).toBe('polled');
  await completed(1);
  proxy.heal();
  aheadMs = 60_000;
  await vi.waitUntil(() => transportOf(tpv) === 'websocket', WAIT_MS);
  await hub.message(2, 'by socket');
  expect(await texts.next()).toBe('by socket');
  await completed(2);
  expect(statuses.some(({ state }) => state === 'offline')).toBe(false);
});

test('three dials without a welcome are enough, and a client that wants the socket alone goes on dialing', async () => {
  const auto = await setUp();
  auto.proxy.make('refuse', 3_600_000);
  const connected = auto.tpv.connect();
  await vi.waitUntil(
    () => auto.statuses.some((status) => status.state === 'connecting' && status.transport === 'polling'),
    WAIT_MS,
  );
  const dials = auto.statuses.filter((status) => status.state === 'connecting');
  expect(dials.map(({ transport }) => transport).slice(0, 4)).toEqual([
    'websocket',
    'websocket',
    'websocket',
    'polling',
  ]);
  auto.proxy.heal();
  await connected;
  const stubborn = await setUp({ transport: 'websocket' });
  stubborn.proxy.make('strip', 3_600_000);
  const waiting = stubborn.tpv.connect();
  await vi.waitUntil(() => stubborn.statuses.filter(({ state }) => state === 'offline').length >= 5, WAIT_MS);
  stubborn.proxy.heal();
  await waiting;
  expect(transportOf(stubborn.tpv)).toBe('websocket');
});

test('what was handed out to a socket or a poll that got lost comes at once, before what is newer', async () => {
  const { hub, proxy, tpv, texts, completed } = await setUp({ transport: 'polling' });
  await tpv.connect();
  await hub.message(1, 'first');
  expect(await texts.next()).toBe('first');
  await completed(1);
  proxy.make('truncate', 0);
  for (let n = 2; n <= 4; n++) await hub.message(n, `${n}`);
  expect([await texts.next(), await texts.next(), await texts.next()]).toEqual(['2', '3', '4']);
  await completed(4);
  expect(tpv.counters).toMatchObject({ received: 4, done: 4 });
});

describe('the hub’s order is kept', () => {
  const given = (second: number) =>
    instruction({
      created_at: `2025-11-09T10:30:0${second}.000Z`,
      payload: { second },
    });

  test.each<[string, Script['lists']]>([
    [
      'for what the TPV had in hand before it connected',
      { processing: [[given(2)]], delivered: [[given(3)]], sent: [[given(1)]] },
    ],
    [
      'for what a lost answer handed out, and what is newer',
      { sent: [[], [given(1), given(2)]], pending: [[given(3)]] },
    ],
  ])('%s', async (_, lists) => {
    const { tpv } = await scripted({ lists });
    const seconds = new Queue<unknown>();
    tpv.on('process_message', ({ payload }) => seconds.push(payload.second));
    await tpv.connect();
    expect([await seconds.next(), await seconds.next(), await seconds.next()]).toEqual([1, 2, 3]);
  });
});

test.each([
  [500, 'internal_error'],
  [503, 'unavailable'],
  [429, 'too_many_requests'],
])('a report that is answered %i %s is sent again after a pause, and counts as not answered', async (status, code) => {
  const given = instruction();
  // Pauses of a second are over at once; what takes longer is not waited for here.
  const clock: Clock = { ...systemClock, after: (ms, fn) => systemClock.after(ms > 1_000 ? ms : 1, fn) };
  const warnings = new Queue<string>();
  const logger = { debug() {}, info() {}, warn: (_: object, text: string) => warnings.push(text), error() {} };
  const reports = [{ status, json: { error: 'no', code } }];
  const { tpv, reported } = await scripted({ lists: { pending: [[given]] }, reports }, { clock, logger });
  tpv.on('process_message', () => 'hecho');
  await tpv.connect();
  const first = await reported.next();
  // What was taken for an answer would be warned of.
  expect(await Promise.race([reported.next(), warnings.next()])).toBe(first);
});

test('a key that the hub does not know ends it by polling too', async () => {
  const hub = await startHub();
  const tpv = new HubClient({ url: hub.url, apiKey: 'nobody', transport: 'polling' });
  onTestFinished(() => tpv.close({ deadlineMs: 0 }));
  const again = Promise.withResolvers<string>();
  tpv.onStatus(({ state }) => state === 'offline' && again.resolve('it is tried again'));
  await expect(Promise.race([tpv.connect(), again.promise])).rejects.toMatchObject({
    code: 'unauthorized',
    httpStatus: 401,
  });
  expect(tpv.status).toMatchObject({ state: 'closed', error: { name: 'ConfigurationError' } });
});

test.each([401, 403, 404])(
  'a %i in the words of another host is no answer of the hub, and it polls on (row 34)',
  async (status) => {
    const hub = await openHub();
    const tpv = new HubClient({
      url: hub.url,
      apiKey: API_KEY,
      transport: 'polling',
      backoff: { baseMs: 1, maxMs: 2 },
    });
    onTestFinished(() => tpv.close({ deadlineMs: 0 }));
    const states = new Queue<string>();
    tpv.onStatus(({ state }) => states.push(state));
    const until = async (wanted: string) => {
      for (let state = await states.next(); state !== wanted; state = await states.next()) {
        expect(state).not.toBe('closed');
      }
    };
    const foreign = { status, body: '<html>' };
    hub.answer = foreign;
    const connected = tpv.connect();
    await until('offline');
    hub.answer = { status: 200, body: { ...TPV_INFO, instructions: [] } };
    await connected;
    await until('online');
    hub.answer = foreign;
    await until('offline');
    hub.answer = { status: 200, body: { ...TPV_INFO, instructions: [] } };
    await until('online');
  },
);

test('paused, it asks for nothing; resumed, it takes what came meanwhile', async () => {
  for (const transport of ['polling', 'websocket'] as const) {
    const { hub, tpv, texts, completed } = await setUp({ transport });
    await tpv.connect();
    tpv.pause();
    expect(tpv.status).toMatchObject({ state: 'paused', transport });
    await hub.message(1, 'one');
    await hub.message(2, 'two');
    expect(tpv.counters.received).toBe(0);
    tpv.resume();
    expect(tpv.status.state).toBe('online');
    expect([await texts.next(), await texts.next()]).toEqual(['one', 'two']);
    await completed(2);
  }
});

test('a hub that answers polls with nonsense is tried again, and what can be read of an answer is taken', async () => {
  const hub = await openHub();
  const tpv = new HubClient({ url: hub.url, apiKey: API_KEY, transport: 'polling', backoff: { baseMs: 1, maxMs: 2 } });
  onTestFinished(() => tpv.close({ deadlineMs: 0 }));
  const texts = new Queue<unknown>();
  tpv.on('process_message', ({ payload }) => texts.push(payload.text));
  const errors = new Queue<string>();
  tpv.onStatus((status) => status.state === 'offline' && errors.push(status.error.code));
  hub.answer = { status: 200, body: { hello: 'world' } };
  const connected = tpv.connect();
  expect(await errors.next()).toBe('invalid_answer');
  const given = instruction({ payload: { text: 'read' } });
  hub.answer = {
    status: 200,
    body: { ...TPV_INFO, instructions: [7, null, { id: 'x' }, given], new_status: 'completed' },
  };
  await connected;
  expect(await texts.next()).toBe('read');
});
