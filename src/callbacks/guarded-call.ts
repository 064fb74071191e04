import type { Clock } from '../clock.ts';
import { Breaker } from './breaker.ts';
import { type CallbackAnswer, parseCallbackAnswer } from './callback-answer.ts';
import { type Lookup, systemLookup } from './lookup.ts';
import { callableUrl } from './origins.ts';
import { postForm } from './post-form.ts';

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
  /** An HTTP status that is no success, without an answer that says why. */
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

export interface GuardedCallerOptions {
  /** `CALLBACK_ALLOW_PRIVATE`: also addresses of a LAN. */
  allowPrivate: boolean;
  /** Whether URLs of this origin are called at all; see `isCallableOrigin`. */
  mayCall(origin: string): Promise<boolean>;
  clock: Clock;
  /** The system's, unless a test brings its own. */
  lookup?: Lookup;
}

export interface GuardedCaller {
  /** Posts `form` to `url`, urlencoded; settles within 10 s, and throws only if `mayCall` does. */
  call(url: string, form: Readonly<Record<string, string>>): Promise<CallOutcome>;
  /** Takes no more calls, and resolves when those under way have ended: 10 s at most. */
  close(): Promise<void>;
}

/** Calls that may be under way at once for one origin: each may last 10 s, and a crowd may press. */
const MAX_CALLS_PER_ORIGIN = 20;

/** The one way in which the hub calls a URL that came from outside. */
export function createGuardedCaller(options: GuardedCallerOptions): GuardedCaller {
  const { allowPrivate, mayCall, clock, lookup = systemLookup() } = options;
  const breaker = new Breaker(clock);
  const callsOf = new Map<string, number>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const guarded = async (text: string, form: Readonly<Record<string, string>>): Promise<CallOutcome> => {
    if (closed) return { kind: 'failed', reason: 'closed' };
    const url = callableUrl(text);
    if (url === undefined) return { kind: 'refused', reason: 'url' };
    const { origin } = url;
    if (!(await mayCall(origin))) return { kind: 'refused', reason: 'origin' };
    const calls = callsOf.get(origin) ?? 0;
    if (calls >= MAX_CALLS_PER_ORIGIN) return { kind: 'failed', reason: 'busy' };
    if (!breaker.admits(origin)) return { kind: 'failed', reason: 'circuit_open' };
    callsOf.set(origin, calls + 1);
    const posted = await postForm({ allowPrivate, clock, lookup }, url, form);
    const left = (callsOf.get(origin) ?? 1) - 1;
    if (left > 0) callsOf.set(origin, left);
    else callsOf.delete(origin);
    const outcome = posted.kind === 'response' ? outcomeOf(posted.status, posted.body) : posted;
    breaker.settle(origin, outcome.kind === 'answered');
    return outcome;
  };

  return {
    call(url, form) {
      const outcome = guarded(url, form);
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

/** A TPV may say no with any status; only a success may say yes. */
function outcomeOf(status: number, body: string): CallOutcome {
  const answer = parseCallbackAnswer(body);
  if (status >= 400 && answer?.success !== false) return { kind: 'failed', reason: 'status', detail: String(status) };
  return answer === undefined ? { kind: 'failed', reason: 'not_json' } : { kind: 'answered', ...answer };
}
