import { Backoff, DEFAULT_BACKOFF } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { HubClientError } from '../errors.ts';
import { hubUrl } from '../option-checks.ts';
import type { Check } from '../wire/check.ts';
import { Patience } from './patience.ts';
import { refusalError } from './refusal.ts';

/** A refusal that a later attempt may not meet; the hub's own `telegram_error` (502) is final. */
const TRANSIENT_STATUSES: readonly number[] = [408, 429, 500, 502, 503, 504];

/** A hub that asks for more than this is left to the caller, who finds it in the error's `retryAfterMs`. */
const LONGEST_RETRY_WAIT_MS = 60_000;

/** Who calls which hub, and how patiently. */
export interface Caller {
  /** The hub's base. */
  url: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Attempts in all, for the calls that may be repeated. */
  maxAttempts: number;
  clock: Clock;
  /** Of the backoff's jitter: 0 inclusive to 1 exclusive. */
  random(): number;
}

/** What a request carries. */
export interface RequestBody {
  contentType: string;
  /** Whether it can be sent a second time. */
  repeatable: boolean;
  /** Begins to read it; `moved` is called as its parts leave. */
  open(moved: () => void): string | AsyncIterable<Uint8Array>;
  /** Why it could not be read to its end: no fault of the network's. */
  readonly fault?: Error | undefined;
}

export interface HubCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without a slash before it. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  headers?: Readonly<Record<string, string>>;
  body?: RequestBody | undefined;
  /** Whether the contract allows the call twice, so that it is tried again where that may help. */
  repeatable: boolean;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** Makes of a refusal and its body what the caller of this very call can use. */
  refusal?: (error: HubClientError, body: unknown) => HubClientError;
}

/** The hub's answer, its body still to be read. The reader of the body ends `patience`. */
export interface OpenAnswer {
  response: Response;
  patience: Patience;
}

/** Makes a call, and reads its answer as the JSON that `answer` accepts. */
export function callForJson<Answer>(caller: Caller, call: HubCall, answer: Check<Answer>): Promise<Answer> {
  return repeated(caller, call, async () => {
    const opened = await attempt(caller, call);
    const value = jsonOf(await textOf(opened, call));
    if (answer(value)) return value;
    throw new HubClientError('invalid_answer', { httpStatus: opened.response.status, detail: wordsOf(call) });
  });
}

/** Makes a call of whose answer only that it succeeded matters. */
export function callForNothing(caller: Caller, call: HubCall): Promise<void> {
  return repeated(caller, call, async () => {
    await textOf(await attempt(caller, call), call);
  });
}

/** Makes a call, and leaves its answer's body to be read; once it has begun it is not tried again. */
export function callForBody(caller: Caller, call: HubCall): Promise<OpenAnswer> {
  return repeated(caller, call, () => attempt(caller, call));
}

async function repeated<T>(caller: Caller, call: HubCall, once: () => Promise<T>): Promise<T> {
  const backoff = new Backoff({ ...DEFAULT_BACKOFF, random: caller.random });
  const repeatable = call.repeatable && call.body?.repeatable !== false;
  for (let left = repeatable ? caller.maxAttempts : 1; ; ) {
    call.signal?.throwIfAborted();
    try {
      return await once();
    } catch (error) {
      if (--left <= 0 || !(error instanceof HubClientError) || !mayPass(error)) throw error;
      const waitMs = (error.retryAfterMs ?? 0) + backoff.next();
      if (waitMs > LONGEST_RETRY_WAIT_MS) throw error;
      await pause(caller.clock, waitMs, call.signal);
    }
  }
}

function mayPass({ code, httpStatus, hubCode }: HubClientError): boolean {
  if (code === 'unreachable') return true;
  return httpStatus !== undefined && TRANSIENT_STATUSES.includes(httpStatus) && hubCode !== 'telegram_error';
}

/** One request; resolves at the head of a good answer, and rejects with the refusal otherwise. */
async function attempt(caller: Caller, call: HubCall): Promise<OpenAnswer> {
  const patience = new Patience(caller.clock, call.timeoutMs ?? caller.timeoutMs, call.signal);
  const { method, body } = call;
  const sent = body?.open(() => patience.renew());
  try {
    const response = await fetch(urlOf(caller, call), {
      method,
      headers: { ...caller.headers, ...call.headers, ...(body && { 'content-type': body.contentType }) },
      body: sent ?? null,
      // What a streamed body needs; it changes nothing for others.
      duplex: 'half',
      // The hub never redirects; following one would carry the key to wherever it points.
      redirect: 'error',
      signal: patience.signal,
    });
    if (response.ok) return { response, patience };
    const text = await response.text();
    const retryAfter = response.headers.get('retry-after') ?? undefined;
    const error = refusalError({ status: response.status, retryAfter, body: text }, caller.clock.now());
    throw call.refusal?.(error, jsonOf(text)) ?? error;
  } catch (error) {
    patience.end();
    throw faultOf(error, call, patience);
  }
}

async function textOf({ response, patience }: OpenAnswer, call: HubCall): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw faultOf(error, call, patience);
  } finally {
    patience.end();
  }
}

/** What an attempt that brought no answer is to be rejected with. */
export function faultOf(error: unknown, call: HubCall, patience: Patience): unknown {
  if (error instanceof HubClientError) return error;
  if (call.signal?.aborted) return call.signal.reason;
  if (call.body?.fault !== undefined) return call.body.fault;
  const why = patience.ranOut ? `nothing came for ${patience.limitMs} ms` : undefined;
  const detail = why === undefined ? wordsOf(call) : `${wordsOf(call)}: ${why}`;
  return new HubClientError('unreachable', { detail, cause: error });
}

/** Undefined, which no JSON is, where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, most likely: not an answer, which the caller says.
    return undefined;
  }
}

function urlOf({ url: base }: Caller, { path, query = {} }: HubCall): URL {
  const url = hubUrl(base, path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
  return url;
}

function wordsOf({ method, path }: HubCall): string {
  return `${method} /${path}`;
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    });
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

export function jsonBody(value: unknown): RequestBody {
  const text = JSON.stringify(value);
  return { contentType: 'application/json', repeatable: true, open: () => text };
}
