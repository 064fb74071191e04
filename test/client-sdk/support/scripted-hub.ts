import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ClientStatus, HubClient, type HubClientOptions, type Instruction } from '#hub-client';
import { type TpvFrame, tpvFrameSchema, type UpdateFrame } from '#protocol';

export const API_KEY = 'vtpv_a-secret-key';
export const HEARTBEAT_MS = 25_000;
export const TPV = { id: '0198c0de-0000-7000-8000-000000000001', name: 'TPV de prueba' };

/** Values in the order in which they came; whoever asks early waits. */
export class Queue<T> {
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
export class TestClock {
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
export class Session {
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

export interface Refusal {
  status: number;
  headers?: Record<string, string>;
  /** Sent as it is where it is text, such as a proxy’s page. */
  body?: object | string;
}

/** Just enough of a hub: it takes upgrades, or refuses them, and answers REST as told. */
export async function openHub() {
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
    const { body: said = {} } = hub.refusal;
    const body = typeof said === 'string' ? said : JSON.stringify(said);
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
export async function setUp(options: Partial<HubClientOptions> = {}) {
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
export async function online(prepare: (tpv: HubClient) => void, options: Partial<HubClientOptions> = {}) {
  const parts = await setUp(options);
  prepare(parts.tpv);
  const connected = parts.tpv.connect();
  const session = (await parts.hub.session()).welcome();
  await connected;
  await parts.status('online');
  return { ...parts, session };
}

/** A handler that a test begins and ends at will. */
export function controlled() {
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

export function instruction(fields: Partial<Instruction> = {}): Instruction {
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
