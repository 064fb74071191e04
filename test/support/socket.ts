import { onTestFinished } from 'vitest';
import WebSocket, { type ClientOptions } from 'ws';
import { type HubFrame, type HubFrameOf, hubFrameSchema, SUBPROTOCOL } from '#protocol';
import { WAIT_MS, within } from './within.ts';

export interface OpenOptions {
  key?: string;
  headers?: Record<string, string>;
  protocols?: string[];
  path?: string;
  client?: ClientOptions;
}

/** A socket that keeps every frame from the first byte on, so that a test never misses one. */
export interface TestSocket {
  readonly raw: WebSocket;
  /** Every frame so far, checked against the protocol's schema. */
  readonly frames: readonly HubFrame[];
  /** The next frame of this type that no call has taken yet, now or when it comes. */
  next<T extends HubFrame['type']>(type: T, timeoutMs?: number): Promise<HubFrameOf<T>>;
  send(frame: unknown): void;
  /** Reports and waits for the `result`. */
  report(id: string, status: string, extra?: Record<string, unknown>): Promise<HubFrameOf<'result'>>;
  /** Resolves when everything that the hub sent before has arrived, and everything sent here was read there. */
  sync(): Promise<void>;
  /** How the hub closed it. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Cuts the connection without a word. */
  cut(): void;
}

/** The socket's upgrade was refused. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  constructor(status: number, headers: Record<string, unknown>, body: string) {
    super(`The upgrade was refused with ${status}: ${body}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** Opens a socket; rejects with `Refused` where the hub answers with HTTP. */
export async function openSocket(url: string, options: OpenOptions = {}): Promise<TestSocket> {
  const target = new URL(options.path ?? '/api/tpv/ws/', url.replace(/^http/, 'ws'));
  const headers: Record<string, string> = options.key === undefined ? {} : { authorization: `ApiKey ${options.key}` };
  const raw = new WebSocket(target, options.protocols ?? [SUBPROTOCOL], {
    ...options.client,
    headers: { ...headers, ...options.headers },
  });
  onTestFinished(() => raw.terminate());
  const frames: HubFrame[] = [];
  const taken = new Set<HubFrame>();
  const waiting = new Set<() => void>();
  raw.on('message', (data) => {
    frames.push(hubFrameSchema.parse(JSON.parse(data.toString())));
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    raw.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const opened = new Promise<void>((resolve, reject) => {
    raw.once('open', () => resolve());
    raw.once('error', reject);
    raw.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        reject(new Refused(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())),
      );
    });
  });
  await within(opened, () => `The socket of ${target.pathname} was neither opened nor refused`);
  raw.on('error', () => {});

  const next: TestSocket['next'] = <T extends HubFrame['type']>(type: T, timeoutMs = WAIT_MS) =>
    new Promise<HubFrameOf<T>>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`No ${type} frame within ${timeoutMs} ms; got ${JSON.stringify(frames)}`));
      }, timeoutMs);
      const look = () => {
        const frame = frames.find((one) => one.type === type && !taken.has(one));
        if (frame === undefined) return;
        taken.add(frame);
        waiting.delete(look);
        clearTimeout(timer);
        // Found by its type.
        resolve(frame as HubFrameOf<T>);
      };
      waiting.add(look);
      look();
    });
  const send = (frame: unknown) => raw.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  let refs = 0;
  return {
    raw,
    frames,
    next,
    send,
    get closed() {
      return within(closed, () => `The hub sent ${JSON.stringify(frames)} and did not close the socket`);
    },
    async report(id, status, extra = {}) {
      const ref = `r${++refs}`;
      send({ type: 'update', id, status, ref, ...extra });
      for (;;) {
        const result = await next('result');
        if (result.ref === ref) return result;
      }
    },
    sync() {
      const pong = new Promise<void>((resolve) => {
        const name = `sync ${++refs}`;
        const hear = (data: Buffer) => {
          if (data.toString() !== name) return;
          raw.off('pong', hear);
          resolve();
        };
        raw.on('pong', hear);
        raw.ping(name);
      });
      return within(pong, () => 'No pong');
    },
    cut: () => raw.terminate(),
  };
}
