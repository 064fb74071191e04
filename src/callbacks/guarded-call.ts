import type { Clock } from '../clock.ts';
import { callableUrl } from '../tpvs/endpoint.ts';
import { Breaker } from './breaker.ts';
import { type CallbackAnswer, isJson, parseCallbackAnswer, parseRefusal } from './callback-answer.ts';
import { type Lookup, systemLookup } from './lookup.ts';

import { postForm } from './post-form.ts';
import { signatureHeaders } from './signature.ts';

export type { Lookup } from './lookup.ts';

/** Why a URL is not called, or not followed (docs/security.md, S14..S16). */
export type RefusalReason =
  /** No http or https URL, or one with a name or password in it. */
  | 'url'
  /** Neither an active TPV's origin nor an allowed one. */
  | 'origin'
  /** It is, or its name stands for, an address that the hub must not connect to. */
  | 'address'
  /** It answered with a redirect. */
  | 'redirect';

export type FailureReason =
  /** No connection within 3 s, or no whole answer within 10 s. */
  | 'timeout'
  /** No such name, no server behind it, a bad certificate, or a broken connection. */
  | 'unreachable'
  /** A status that says that the TPV failed (5xx), or a refusal (4xx) that is no JSON. */
  | 'status'
  /** More than 64 KiB of answer, decoded. */
  | 'too_large'
  /** Not JSON, or not an object that says `success`. */
  | 'not_json'
  /** The origin failed too often just now; nothing was sent. */
  | 'circuit_open'
  /** The origin has too many calls under way; nothing was sent. */
  | 'busy'
  /** The hub is closing; nothing was sent. */
  | 'closed';

/** How the call of a TPV's URL went. */
export type CallOutcome =
  /** The TPV's own answer; its texts have at most 4,096 characters. */
  | ({ kind: 'answered' } & CallbackAnswer)
  | { kind: 'refused'; reason: RefusalReason }
  /** `detail` is for the log: a system's or TLS's code, or the HTTP status. */
  | { kind: 'failed'; reason: FailureReason; detail?: string };

/** What is to be called, and for which TPV. */
export interface CallRequest {
  /** Names the press, for the signature. */
  id: string;
  url: string;
  form: Readonly<Record<string, string>>;
  /** Null: the TPV talks to Telegram itself, and only its URL is known. */
  tpvId: string | null;
}

export interface GuardedCallerOptions {
  /** `CALLBACK_ALLOW_PRIVATE`: also addresses of a LAN. */
  allowPrivate: boolean;
  /** Whether URLs of this origin are called for the TPV at all; see `isCallableOrigin`. */
  mayCall(origin: string, tpvId: string | null): Promise<boolean>;
  /** What calls of this origin are signed with. */
  secretsOf(origin: string, tpvId: string | null): Promise<readonly string[]>;
  clock: Clock;
  /** The system's, unless a test brings its own. */
  lookup?: Lookup;
}

export interface GuardedCaller {
  /** Posts the form, urlencoded; settles within 10 s, and throws only if `mayCall` does. */
  call(request: CallRequest): Promise<CallOutcome>;
  /** Takes no more calls, and resolves when those under way have ended: 10 s at most. */
  close(): Promise<void>;
}

/** Calls that may be under way at once for one TPV and origin: each may last 10 s, and a crowd may press. */
const MAX_CALLS_UNDER_WAY = 20;

/** The one way in which the hub calls a URL that came from outside. */
export function createGuardedCaller(options: GuardedCallerOptions): GuardedCaller {
  const { allowPrivate, mayCall, secretsOf, clock, lookup = systemLookup() } = options;
  const breaker = new Breaker(clock);
  const callsOf = new Map<string, number>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const guarded = async ({ id, url: text, form, tpvId }: CallRequest): Promise<CallOutcome> => {
    if (closed) return { kind: 'failed', reason: 'closed' };
    const url = callableUrl(text);
    if (url === undefined) return { kind: 'refused', reason: 'url' };
    if (!(await mayCall(url.origin, tpvId))) return { kind: 'refused', reason: 'origin' };
    const body = new URLSearchParams(form).toString();
    const call = { id, seconds: Math.floor(clock.now() / 1_000), body };
    const headers = signatureHeaders(await secretsOf(url.origin, tpvId), call);
    // Restaurants may share a host: one whose program fails must not cut off its neighbours.
    const target = `${tpvId ?? ''} ${url.origin}`;
    const calls = callsOf.get(target) ?? 0;
    if (calls >= MAX_CALLS_UNDER_WAY) return { kind: 'failed', reason: 'busy' };
    if (!breaker.admits(target)) return { kind: 'failed', reason: 'circuit_open' };
    callsOf.set(target, calls + 1);
    const posted = await postForm({ allowPrivate, clock, lookup }, url, { body, headers });
    const left = (callsOf.get(target) ?? 1) - 1;
    if (left > 0) callsOf.set(target, left);
    else callsOf.delete(target);
    if (posted.kind !== 'response') {
      breaker.settle(target, false);
      return posted;
    }
    const outcome = outcomeOf(posted.status, posted.body);
    // JSON with any status came from a program that works, whatever it says.
    breaker.settle(target, outcome.kind === 'answered' || (posted.status >= 400 && isJson(posted.body)));
    return outcome;
  };

  return {
    call(request) {
      const outcome = guarded(request);
      const done = outcome.catch(() => {}).finally(() => underWay.delete(done));
      underWay.add(done);
      return outcome;
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
    },
  };
}

/** A TPV may say no with any status; only a success may say yes. JSON of a 4xx is a no, whatever else it says. */
function outcomeOf(status: number, body: string): CallOutcome {
  if (status >= 400 && status < 500 && isJson(body)) return { kind: 'answered', ...parseRefusal(body) };
  const answer = parseCallbackAnswer(body);
  if (status >= 400 && answer?.success !== false) return { kind: 'failed', reason: 'status', detail: String(status) };
  return answer === undefined ? { kind: 'failed', reason: 'not_json' } : { kind: 'answered', ...answer };
}
