import { AsyncLocalStorage } from 'node:async_hooks';
import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Cancel, Clock } from '../../clock.ts';

/** How far a request came that failed. */
export type Stage =
  /** There was no connection (of TLS, where it is asked for): name, address, certificate, handshake. */
  | 'connecting'
  /** There was one, and the request was not wholly written: its reader can't have acted on it. */
  | 'writing'
  /** It was wholly written: it may have arrived. */
  | 'written';

/** A request that got no whole answer. Its message and cause hold no URL, as that holds the bot's token. */
export class RequestFault extends Error {
  readonly stage: Stage;
  /** The system's error code, such as `ECONNREFUSED`. */
  readonly code: string;

  constructor(stage: Stage, code: string) {
    super(`${code} while ${stage}`);
    this.stage = stage;
    this.code = code;
  }
}

/** A whole answer that is not the Bot API's: a gateway before it, a provider's page. */
export class ForeignAnswer extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, retryAfterSeconds: number | undefined) {
    super(`HTTP ${status} without the Bot API's JSON`);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface RequesterOptions {
  clock: Pick<Clock, 'after'>;
  /** For name, connection and handshake together. */
  connectMs: number;
  /** How long the whole request may take, by the method of the Bot API. */
  limitMs(method: string): number;
}

/** What grammY hands to its `fetch`. */
interface Init {
  method: string;
  headers: Record<string, string>;
  body: string | Readable;
  signal: { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void };
}

/** What grammY reads of an answer. */
interface Answer {
  json(): Promise<object>;
}

/**
 * Asked for each request made within its `run`, once that is connected and before a byte of it leaves; on a no nothing
 * does. It never rejects. grammY hands nothing of its caller's on to its `fetch`.
 */
export const departures = new AsyncLocalStorage<() => Promise<boolean>>();

/** Kept connections are forgotten on the way without a word, so idle ones are closed before that. */
const IDLE_MS = 5_000;
/** One of several addresses has this long before the next is tried; Node's 250 ms are less than a slow line takes. */
const ADDRESS_MS = 1_000;

/**
 * Sends requests so that a failure says how far it came. It takes the place of grammY's `fetch`, which does not tell
 * a connection that was refused in the handshake from one that broke while Telegram was working.
 */
export function requester(options: RequesterOptions): (url: string, init: Init) => Promise<Answer> {
  const agentOptions = { keepAlive: true, timeout: IDLE_MS, autoSelectFamilyAttemptTimeout: ADDRESS_MS };
  const plain = new PlainAgent(agentOptions);
  const tls = new TlsAgent(agentOptions);
  return (url, init) => {
    const { method, headers } = init;
    const outgoing = url.startsWith('https:')
      ? tlsRequest(url, { method, headers, agent: tls })
      : plainRequest(url, { method, headers, agent: plain });
    return answerTo(outgoing, init, options, options.limitMs(url.slice(url.lastIndexOf('/') + 1)));
  };
}

function answerTo(
  outgoing: ClientRequest,
  init: Init,
  { clock, connectMs }: RequesterOptions,
  limitMs: number,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const mayLeave = departures.getStore();
  let connected = false;
  const timers: Cancel[] = [];
  const end = () => {
    outgoing.destroy();
    // Without an error: grammY takes one for a file that can't be read.
    if (typeof init.body !== 'string') init.body.destroy();
  };
  const fail = (code: string) => {
    const stage = outgoing.writableFinished ? 'written' : connected ? 'writing' : 'connecting';
    reject(new RequestFault(stage, code));
    end();
  };
  const write = () => {
    if (typeof init.body === 'string') outgoing.end(init.body);
    else init.body.pipe(outgoing);
  };
  const ready = () => {
    connected = true;
    mayLeave?.().then((may) => {
      if (outgoing.destroyed) return;
      if (may) write();
      else fail('WITHDRAWN');
    });
  };
  timers.push(clock.after(limitMs, () => fail('ETIMEDOUT')));
  outgoing.on('error', (error) => fail(codeOf(error)));
  outgoing.on('socket', (socket) => {
    if (outgoing.reusedSocket) {
      ready();
      return;
    }
    const cancel = clock.after(connectMs, () => fail('ETIMEDOUT'));
    timers.push(cancel);
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      cancel();
      ready();
    });
  });
  outgoing.on('response', (incoming) => {
    bodyOf(incoming).then(
      (body) => {
        resolve({ json: async () => jsonOf(incoming, body) });
        // An upload that was answered before its end is not read any further.
        if (!outgoing.writableFinished) end();
      },
      (error: unknown) => fail(codeOf(error)),
    );
  });
  if (init.signal.aborted) fail('ABORTED');
  init.signal.addEventListener('abort', () => fail('ABORTED'));
  if (mayLeave === undefined) write();
  return promise.finally(() => {
    for (const cancel of timers) cancel();
  });
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/**
 * The Bot API's own answer, which says itself whether it went well.
 * @throws ForeignAnswer where something else answered
 */
function jsonOf({ statusCode = 0, headers }: IncomingMessage, body: string): object {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer === 'object' && answer !== null && 'ok' in answer) {
      if (answer.ok === true || (answer.ok === false && 'error_code' in answer)) return answer;
    }
  } catch {
    // Said below, with the status.
  }
  const seconds = Number(headers['retry-after']);
  throw new ForeignAnswer(statusCode, Number.isInteger(seconds) && seconds > 0 ? seconds : undefined);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';
}
