import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type ClientStatus,
  HubApi,
  HubClient,
  type HubClientOptions,
  type Instruction,
  registerTpv,
} from '#hub-client';
import { CloseCode, type TpvFrame, tpvFrameSchema, type UpdateFrame } from '#protocol';

const API_KEY = 'vtpv_a-secret-key';
const HEARTBEAT_MS = 25_000;
const TPV = { id: '0198c0de-0000-7000-8000-000000000001', name: 'TPV de prueba' };

/** Values in the order in which they came; whoever asks early waits. */
class Queue<T> {
  readonly #values: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  push(value: T): void {
    const taker = this.#waiting.shift();
    if (taker === undefined) this.#values.push(value);
    else taker(value);
  }

  next(): Promise<T> {
    const [value] = this.#values;
    if (value === undefined) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#values.shift();
    return Promise.resolve(value);
  }

  get size(): number {
    return this.#values.length;
  }
}

/** A clock that stands still until a test moves it. */
class TestClock {
  #now = Date.parse('2025-11-09T10:30:00.000Z');
  readonly #timers = new Set<{ at: number; fn: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [first] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (first === undefined) break;
      this.#timers.delete(first);
      this.#now = first.at;
      first.fn();
    }
    this.#now = end;
  }
}

/** The hub's end of one socket. */
class Session {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly frames = new Queue<TpvFrame>();
  readonly closed: Promise<number>;

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket;
    this.request = request;
    this.closed = once(socket, 'close').then(([code]) => code);
    socket.on('message', (data) => this.frames.push(tpvFrameSchema.parse(JSON.parse(data.toString()))));
  }

  send(...frames: object[]): void {
    for (const frame of frames) this.socket.send(JSON.stringify(frame));
  }

  welcome(): this {
    this.send({
      type: 'welcome',
      protocol: 1,
      session_id: crypto.randomUUID(),
      tpv: TPV,
      heartbeat_interval_ms: HEARTBEAT_MS,
      max_in_flight: 64,
      pending: 0,
      server_time: '2025-11-09T10:30:00.000Z',
    });
    return this;
  }

  give(...instructions: Instruction[]): void {
    this.send(...instructions.map((instruction) => ({ type: 'instruction', instruction })));
  }

  /** The next report; nothing else may come before it. */
  async report(): Promise<UpdateFrame> {
    const frame = await this.frames.next();
    if (frame.type !== 'update') throw new Error(`expected a report, got ${frame.type}`);
    return frame;
  }

  accept(...reports: UpdateFrame[]): void {
    for (const { ref, id, status } of reports) {
      this.send({ type: 'result', ref, ok: true, data: { status: 'ok', instruction_id: id, new_status: status } });
    }
  }

  /** The next report, answered. */
  async accepted(): Promise<UpdateFrame> {
    const report = await this.report();
    this.accept(report);
    return report;
  }

  /** Resolves when the client has read everything that was sent so far. */
  async read(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }
}

interface Refusal {
  status: number;
  headers?: Record<string, string>;
  body?: object;
}

/** Just enough of a hub: it takes upgrades, or refuses them, and answers REST as told. */
async function openHub() {
  const sessions = new Queue<Session>();
  const calls: { method: string | undefined; url: string | undefined; headers: object; body: unknown }[] = [];
  const hub = {
    url: '',
    dials: 0,
    refusal: undefined as Refusal | undefined,
    answer: { status: 200, body: {} } as Refusal,
    calls,
    session: () => sessions.next(),
  };
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    calls.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) });
    response.writeHead(hub.answer.status, hub.answer.headers).end(JSON.stringify(hub.answer.body));
  });
  server.on('upgrade', (request, socket, head) => {
    hub.dials++;
    if (hub.refusal === undefined) {
      sockets.handleUpgrade(request, socket, head, (ws) => sessions.push(new Session(ws, request)));
      return;
    }
    const body = JSON.stringify(hub.refusal.body ?? {});
    const headers = { ...hub.refusal.headers, 'content-length': `${Buffer.byteLength(body)}`, connection: 'close' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${hub.refusal.status} No\r\n${lines.join('')}\r\n${body}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return hub;
}

/** A hub, a clock, and a client that is not connected yet. */
async function setUp(options: Partial<HubClientOptions> = {}) {
  const hub = await openHub();
  const clock = new TestClock();
  const logged: string[] = [];
  const log = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { debug: log, info: log, warn: log, error: log };
  const backoff = { random: () => 0.5, ...options.backoff };
  const tpv = new HubClient({ url: hub.url, apiKey: API_KEY, clock, logger, ...options, backoff });
  const statuses = new Queue<ClientStatus>();
  tpv.onStatus((status) => statuses.push(status));
  onTestFinished(async () => {
    const closed = tpv.close();
    clock.advance(10_000);
    await closed;
  });
  /** The next status of this kind; those before it are let pass. */
  async function status<S extends ClientStatus['state']>(state: S): Promise<Extract<ClientStatus, { state: S }>> {
    const is = (next: ClientStatus): next is Extract<ClientStatus, { state: S }> => next.state === state;
    for (;;) {
      const next = await statuses.next();
      if (is(next)) return next;
    }
  }
  return { hub, clock, tpv, logged, status };
}

/** As `setUp`, and online. */
async function online(prepare: (tpv: HubClient) => void, options: Partial<HubClientOptions> = {}) {
  const parts = await setUp(options);
  prepare(parts.tpv);
  const connected = parts.tpv.connect();
  const session = (await parts.hub.session()).welcome();
  await connected;
  await parts.status('online');
  return { ...parts, session };
}

/** A handler that a test begins and ends at will. */
function controlled() {
  const begun = new Queue<{
    instruction: Instruction;
    signal: AbortSignal;
    progress(): void;
    end(value?: unknown): void;
  }>();
  const handler = (instruction: Instruction, context: { signal: AbortSignal; progress(): void }) =>
    new Promise((end) => begun.push({ instruction, signal: context.signal, progress: context.progress, end }));
  return { begun, handler };
}

function instruction(fields: Partial<Instruction> = {}): Instruction {
  return {
    id: crypto.randomUUID(),
    command: 'process_message',
    payload: { chat_id: 1, text: 'Hola' },
    status: 'sent',
    priority: 5,
    telegram_user_id: 123456789,
    telegram_username: 'usuario',
    created_at: '2025-11-09T10:30:00.000Z',
    sent_at: '2025-11-09T10:30:00.000Z',
    delivered_at: null,
    completed_at: null,
    expires_at: '2025-11-10T10:30:00.000Z',
    response: null,
    error_message: '',
    retry_count: 0,
    ...fields,
  };
}

describe('connecting', () => {
  test('the key travels in a header, and connect resolves at the welcome', async () => {
    const { hub, tpv } = await setUp();
    expect(tpv.status).toEqual({ state: 'idle' });
    const connected = tpv.connect();
    const session = await hub.session();
    expect(tpv.status).toEqual({ state: 'connecting', attempt: 1 });
    expect(session.request.url).toBe('/api/tpv/ws/');
    expect(session.request.headers.authorization).toBe(`ApiKey ${API_KEY}`);
    expect(session.socket.protocol).toBe('valletpv.v1');
    session.welcome();
    await connected;
    expect(tpv.status).toMatchObject({ state: 'online', tpv: TPV, draining: false });
    expect(tpv.connect()).toBe(tpv.connect());
    expect(hub.dials).toBe(1);
  });

  test.each([
    { status: 401, body: { error: 'no', code: 'unauthorized' }, code: 'unauthorized' },
    { status: 403, body: { error: 'no', code: 'tpv_inactive' }, code: 'tpv_inactive' },
    { status: 403, body: { error: 'no', code: 'forbidden' }, code: 'forbidden' },
  ])('a refusal with $status $body.code ends it without another attempt', async ({ status, body, code }) => {
    const { hub, clock, tpv } = await setUp();
    hub.refusal = { status, body };
    await expect(tpv.connect()).rejects.toMatchObject({ name: 'HubClientError', code, httpStatus: status });
    expect(tpv.status).toMatchObject({ state: 'closed', error: { code } });
    expect(clock.timers).toBe(0);
    expect(hub.dials).toBe(1);
  });

  test.each([
    [CloseCode.Unauthorized, 'unauthorized'],
    [CloseCode.Replaced, 'replaced'],
    [CloseCode.ProtocolError, 'protocol_error'],
    [CloseCode.TpvInactive, 'tpv_inactive'],
    [4999, 'stopped'],
  ])('close code %i ends it, and aborts what runs', async (closeCode, code) => {
    const { begun, handler } = controlled();
    const { clock, hub, session, status } = await online((tpv) => tpv.on('process_message', handler));
    session.give(instruction());
    const running = await begun.next();
    session.socket.close(closeCode);
    expect(await status('closed')).toMatchObject({ error: { code, closeCode } });
    expect(running.signal.reason).toMatchObject({ code });
    expect(clock.timers).toBe(0);
    expect(hub.dials).toBe(1);
  });

  test('a stop code before the welcome rejects connect', async () => {
    const { hub, tpv } = await setUp();
    const connected = tpv.connect();
    (await hub.session()).socket.close(CloseCode.Unauthorized);
    await expect(connected).rejects.toMatchObject({ code: 'unauthorized', closeCode: 4500 });
  });

  test.each([429, 503])('HTTP %i is tried again after Retry-After and some jitter', async (code) => {
    const { hub, clock, tpv, status } = await setUp();
    hub.refusal = { status: code, headers: { 'retry-after': '7' } };
    const connected = tpv.connect();
    const { nextTryAt, error } = await status('offline');
    expect(nextTryAt.getTime() - clock.now()).toBe(7_000 + 250);
    expect(error).toMatchObject({ code: 'refused', httpStatus: code });
    hub.refusal = undefined;
    clock.advance(7_250);
    (await hub.session()).welcome();
    await connected;
  });

  test('the waits double up to 20 s, each with full jitter', async () => {
    const { hub, clock, tpv, status } = await setUp();
    hub.refusal = { status: 500 };
    const connected = tpv.connect();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      const { nextTryAt } = await status('offline');
      const waitMs = nextTryAt.getTime() - clock.now();
      waits.push(waitMs);
      if (attempt < 8) clock.advance(waitMs);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    const closing = tpv.close();
    await expect(connected).rejects.toMatchObject({ code: 'closed' });
    await closing;
    expect(clock.timers).toBe(0);
  });

  test('the waits begin anew once a connection has held for 60 s', async () => {
    const { hub, clock, session, status } = await online(() => {});
    const waitAfterCut = async (current: Session) => {
      current.socket.terminate();
      const { nextTryAt } = await status('offline');
      const waitMs = nextTryAt.getTime() - clock.now();
      clock.advance(waitMs);
      const next = (await hub.session()).welcome();
      await status('online');
      return { waitMs, next };
    };
    const first = await waitAfterCut(session);
    const second = await waitAfterCut(first.next);
    expect([first.waitMs, second.waitMs]).toEqual([250, 500]);
    clock.advance(40_000);
    await second.next.read();
    clock.advance(20_000);
    expect((await waitAfterCut(second.next)).waitMs).toBe(250);
  });

  test('a hub that does not say welcome within 10 s is dialed again', async () => {
    const { hub, clock, tpv, status } = await setUp();
    const connected = tpv.connect();
    const mute = await hub.session();
    clock.advance(10_000);
    expect((await status('offline')).error).toMatchObject({ code: 'unreachable' });
    await mute.closed;
    clock.advance(250);
    (await hub.session()).welcome();
    await connected;
  });

  test('a hub that nobody hears for two heartbeat intervals is dialed again', async () => {
    const { hub, clock, session, status } = await online(() => {});
    clock.advance(2 * HEARTBEAT_MS - 1);
    await session.read();
    clock.advance(2 * HEARTBEAT_MS - 1);
    session.send({ type: 'result', ref: 'unknown', ok: true });
    await session.read();
    clock.advance(2 * HEARTBEAT_MS);
    expect((await status('offline')).error).toMatchObject({ code: 'heartbeat_timeout' });
    clock.advance(250);
    (await hub.session()).welcome();
    await status('online');
  });

  test('after a drain the client comes back when the hub said', async () => {
    const { hub, clock, session, status } = await online(() => {});
    session.send({ type: 'drain', reason: 'deploy', reconnect_after_ms: 3_000 });
    expect(await status('online')).toMatchObject({ draining: true });
    session.socket.close(CloseCode.Restart);
    const { nextTryAt } = await status('offline');
    expect(nextTryAt.getTime() - clock.now()).toBe(3_000);
    clock.advance(3_000);
    (await hub.session()).welcome();
    expect(await status('online')).toMatchObject({ draining: false });
  });

  test('a draining hub that never closes is left', async () => {
    const { clock, session, status } = await online(() => {});
    session.send({ type: 'drain', reason: 'deploy', reconnect_after_ms: 3_000 });
    await status('online');
    clock.advance(33_000);
    expect(await session.closed).toBe(CloseCode.Normal);
    await status('offline');
  });

  test('the key appears in no error and no log', async () => {
    const { hub, tpv, logged } = await setUp();
    hub.refusal = { status: 401 };
    const error: unknown = await tpv.connect().catch((reason) => reason);
    expect(`${error} ${JSON.stringify(error)} ${logged.join()}`).not.toContain(API_KEY);
    expect(() => new HubClient({ url: hub.url, apiKey: `${API_KEY}\n` })).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.not.stringContaining(API_KEY) }),
    );
  });

  test.each(['hub:8100', 'ftp://hub', 'http://hub/?api_key=k', 'http://k@hub'])('the URL %s is refused', (url) => {
    expect(() => new HubClient({ url, apiKey: API_KEY })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  });
});

describe('instructions', () => {
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
    const { session } = await online((tpv) => tpv.on('process_message', () => ++runs), { memory: { maxEntries: 2 } });
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

  test('a revoked instruction that comes again is run', async () => {
    const { begun, handler } = controlled();
    const { session } = await online((tpv) => tpv.on('process_message', handler));
    const given = instruction();
    session.give(given);
    const first = await begun.next();
    session.send({ type: 'revoked', id: given.id, reason: 'reassigned' });
    session.give(given);
    await session.read();
    first.end('first');
    (await begun.next()).end('second');
    expect(await session.accepted()).toMatchObject({ id: given.id, response: 'second' });
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
});

describe('reports', () => {
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
});

describe('closing', () => {
  test('what runs may end, and its report be answered, before the socket closes', async () => {
    const { begun, handler } = controlled();
    const { clock, tpv, session } = await online((client) => client.on('process_message', handler));
    const [runs, waits] = [instruction(), instruction()];
    session.give(runs, waits);
    const running = await begun.next();
    await session.read();
    const closing = tpv.close();
    expect(tpv.close()).toBe(closing);
    expect(await session.frames.next()).toEqual({ type: 'flow', max_in_flight: 0 });
    session.give(instruction());
    await session.read();
    running.end('just in time');
    expect(await session.accepted()).toMatchObject({ id: runs.id, response: 'just in time' });
    await closing;
    expect(await session.closed).toBe(CloseCode.Normal);
    expect(tpv.status).toEqual({ state: 'closed' });
    expect(running.signal.aborted).toBe(false);
    expect(begun.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  test('at the deadline what still runs is aborted, and nothing is reported on it', async () => {
    const { begun, handler } = controlled();
    const { clock, tpv, session } = await online((client) => client.on('process_message', handler));
    session.give(instruction());
    const running = await begun.next();
    const closing = tpv.close({ deadlineMs: 1_000 });
    expect(await session.frames.next()).toEqual({ type: 'flow', max_in_flight: 0 });
    clock.advance(1_000);
    await closing;
    expect(running.signal.reason).toMatchObject({ code: 'closed' });
    running.end('too late');
    await session.closed;
    expect(session.frames.size).toBe(0);
    expect(clock.timers).toBe(0);
  });

  test('a stop code while it closes ends the waiting, and stays its error', async () => {
    const { begun, handler } = controlled();
    const { tpv, session } = await online((client) => client.on('process_message', handler));
    session.give(instruction());
    await begun.next();
    const closing = tpv.close();
    session.socket.close(CloseCode.Replaced);
    await closing;
    expect(tpv.status).toMatchObject({ state: 'closed', error: { code: 'replaced' } });
  });

  test('await using closes it', async () => {
    const { hub, clock } = await setUp();
    let session: Session;
    {
      await using tpv = new HubClient({ url: hub.url, apiKey: API_KEY, clock });
      const connected = tpv.connect();
      session = (await hub.session()).welcome();
      await connected;
    }
    expect(await session.closed).toBe(CloseCode.Normal);
  });

  test('a client that was never connected closes at once, and can not be connected any more', async () => {
    const { hub, tpv } = await setUp();
    await tpv.close();
    expect(tpv.status).toEqual({ state: 'closed' });
    await expect(tpv.connect()).rejects.toMatchObject({ code: 'closed' });
    expect(hub.dials).toBe(0);
  });

  test('closing from a status listener while dialing leaves nothing behind', async () => {
    const { hub, clock, tpv } = await setUp();
    tpv.onStatus(({ state }) => state === 'connecting' && tpv.close());
    await expect(tpv.connect()).rejects.toMatchObject({ code: 'closed' });
    await tpv.close();
    expect(clock.timers).toBe(0);
    expect(hub.dials).toBe(0);
  });
});

describe('what a hub must not send', () => {
  test('broken, unknown and wrong frames are left out, and the session goes on', async () => {
    const { session, tpv, logged } = await online((client) => client.on('process_message', () => 'done'));
    for (const text of ['', '{', 'null', '[]', '"x"', '{"type":7}', '{"type":"poem"}']) session.socket.send(text);
    session.socket.send(Buffer.from([1, 2, 3]));
    session.send(
      { type: 'instruction', instruction: { ...instruction(), id: 7 } },
      { type: 'instruction' },
      { type: 'result', ref: 'nobody', ok: true },
      { type: 'result', ok: true },
      { type: 'revoked', id: crypto.randomUUID(), reason: 'expired' },
      { type: 'drain', reconnect_after_ms: -1 },
      { type: 'error', error: { code: 'invalid_request', message: 'no' } },
    );
    session.welcome();
    session.give(instruction());
    expect((await session.accepted()).status).toBe('completed');
    expect(tpv.status.state).toBe('online');
    expect(logged.filter((line) => line.includes('could not be read'))).toHaveLength(12);
  });

  test('unknown fields are no fault, and reach the handler', async () => {
    const { session } = await online((tpv) => tpv.on('process_message', (given) => given.mood));
    session.send({ type: 'instruction', instruction: { ...instruction(), mood: 'good' }, colour: 'blue' });
    expect((await session.accepted()).response).toBe('good');
  });

  test('a status listener that throws harms nobody', async () => {
    const { session } = await online((tpv) => {
      tpv.onStatus(() => {
        throw new Error('listener');
      });
      tpv.on('process_message', () => 'done');
    });
    session.give(instruction());
    expect((await session.accepted()).status).toBe('completed');
  });
});

describe('REST', () => {
  test('registering gives the key', async () => {
    const hub = await openHub();
    const registered = { ...TPV, api_key: 'new', message: 'TPV registrado', is_active: true };
    hub.answer = { status: 201, body: registered };
    const registration = { name: TPV.name, endpoint_url: 'http://localhost:8001' };
    expect(await registerTpv({ url: hub.url, registrationToken: 'token' }, registration)).toEqual(registered);
    expect(hub.calls).toMatchObject([
      { method: 'POST', url: '/api/tpv/register/', headers: { 'x-registration-token': 'token' }, body: registration },
    ]);
  });

  test('info and stats carry the key in a header', async () => {
    const hub = await openHub();
    const api = new HubApi({ url: `${hub.url}/hub`, apiKey: API_KEY });
    const info = {
      ...TPV,
      endpoint_url: 'http://localhost:8001',
      is_active: true,
      max_users: 100,
      version: '1.0.0',
      metadata: {},
      created_at: '2025-11-09T10:30:00.000Z',
      last_heartbeat: null,
      user_count: 0,
      is_online: false,
    };
    hub.answer = { status: 200, body: info };
    expect(await api.info()).toEqual(info);
    const stats = {
      tpv_id: TPV.id,
      tpv_name: TPV.name,
      is_online: true,
      last_heartbeat: '2025-11-09T10:30:00.000Z',
      users: { total: 1, max: 100, available_slots: 99 },
      instructions: { pending: 0, sent: 0, delivered: 0, processing: 0, completed: 1, failed: 0, total: 1 },
      push_messages: { pending: 0, sent: 0, failed: 0, unknown: 0, total: 0 },
    };
    hub.answer = { status: 200, body: stats };
    expect(await api.stats()).toEqual(stats);
    const headers = { authorization: `ApiKey ${API_KEY}` };
    expect(hub.calls).toMatchObject([
      { method: 'GET', url: '/hub/api/tpv/info/', headers },
      { method: 'GET', url: '/hub/api/tpv/stats/', headers },
    ]);
  });

  test.each([
    [{ status: 401, body: { error: 'no', code: 'unauthorized' } }, { code: 'unauthorized' }],
    [
      { status: 429, headers: { 'retry-after': '3' }, body: { error: 'no', code: 'too_many_requests' } },
      { code: 'refused', hubCode: 'too_many_requests', httpStatus: 429, retryAfterMs: 3_000 },
    ],
    [{ status: 200, body: { hello: 'world' } }, { code: 'invalid_answer' }],
  ])('a refusal becomes an error with its code', async (answer, expected) => {
    const hub = await openHub();
    hub.answer = answer;
    await expect(new HubApi({ url: hub.url, apiKey: API_KEY }).info()).rejects.toMatchObject(expected);
  });

  test('a hub that is not there is unreachable', async () => {
    const api = new HubApi({ url: 'http://127.0.0.1:1', apiKey: API_KEY });
    await expect(api.info()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
