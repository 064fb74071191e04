import { callerOf } from '../caller.ts';
import { HubError } from '../errors.ts';

/** Wrong attempts within a time, after which the next has to wait until the first of them is that old. */
interface Limit {
  attempts: number;
  withinMs: number;
}

/** docs/security.md, S22: delays, not locks. */
const PER_NAME: Limit = { attempts: 5, withinMs: 15 * 60_000 };
const PER_ADDRESS: Limit = { attempts: 50, withinMs: 3_600_000 };
/**
 * Of one account from everywhere (S32). After the first 20 each has to wait a second longer than the one before, which
 * is nearly an hour for all of them.
 */
const PER_ACCOUNT: Limit = { attempts: 100, withinMs: 3_600_000 };
const AT_ONCE = 20;
const LONGER_MS = 1_000;
/** Bounds the memory; the longest unused goes first. */
const MOST_KEYS = 10_000;

/** An attempt that is under way. */
export interface Attempt {
  /** It was right: the name's wrong ones before it are forgotten. */
  right(): void;
  /** It was neither right nor wrong, such as a right password without its second factor. */
  undecided(): void;
}

/**
 * Slows down the guessing of passwords: per address, per address and name, and per name. An attempt counts as wrong from its
 * beginning on, so that many at once are no way around it. In this process's memory: a restart forgets.
 */
export class LoginThrottle {
  readonly #now: () => number;
  readonly #names = new Map<string, number[]>();
  readonly #addresses = new Map<string, number[]>();
  readonly #accounts = new Map<string, number[]>();

  /** @param elapsed milliseconds that only grow: a clock that is set back must not prolong a wait */
  constructor(elapsed: () => number) {
    this.#now = elapsed;
  }

  /**
   * @param known whether the account logged in from this address before: strangers elsewhere don't make it wait
   * @throws HubError `too_many_requests`, even if the password would be right
   */
  begin(address: string, name: string, known: boolean): Attempt {
    const caller = callerOf(address);
    const key = `${caller} ${name}`;
    const now = this.#now();
    const ofAddress = recent(this.#addresses, caller, PER_ADDRESS, now);
    const ofName = recent(this.#names, key, PER_NAME, now);
    const ofAccount = recent(this.#accounts, name, PER_ACCOUNT, now);
    const wait = Math.max(
      waitMs(ofAddress, PER_ADDRESS, now),
      waitMs(ofName, PER_NAME, now),
      known ? 0 : Math.max(waitMs(ofAccount, PER_ACCOUNT, now), growingWaitMs(ofAccount, now)),
    );
    if (wait > 0) {
      throw new HubError('too_many_requests', 'Too many wrong logins.', { retryAfterSeconds: Math.ceil(wait / 1_000) });
    }
    keep(this.#addresses, caller, [...ofAddress, now]);
    keep(this.#names, key, [...ofName, now]);
    keep(this.#accounts, name, [...ofAccount, now].slice(-PER_ACCOUNT.attempts));
    const takeBack = () => {
      without(this.#addresses, caller, now);
      without(this.#names, key, now);
      without(this.#accounts, name, now);
    };
    return {
      undecided: takeBack,
      right: () => {
        takeBack();
        this.#names.delete(key);
      },
    };
  }
}

function recent(attempts: Map<string, number[]>, key: string, { withinMs }: Limit, now: number): number[] {
  return (attempts.get(key) ?? []).filter((at) => now - at < withinMs);
}

function waitMs(times: readonly number[], limit: Limit, now: number): number {
  const first = times.at(-limit.attempts);
  return first === undefined ? 0 : first + limit.withinMs - now;
}

function growingWaitMs(times: readonly number[], now: number): number {
  const last = times.at(-1);
  const beyond = times.length - AT_ONCE + 1;
  return last === undefined || beyond <= 0 ? 0 : last + beyond * LONGER_MS - now;
}

/** Puts the key at the end: a Map keeps its order, and the beginning is what went unused longest. */
function keep(attempts: Map<string, number[]>, key: string, times: number[]): void {
  attempts.delete(key);
  attempts.set(key, times);
  const [oldest] = attempts.keys();
  if (attempts.size > MOST_KEYS && oldest !== undefined) attempts.delete(oldest);
}

function without(attempts: Map<string, number[]>, key: string, at: number): void {
  const times = attempts.get(key);
  const index = times?.indexOf(at) ?? -1;
  if (times === undefined || index < 0) return;
  times.splice(index, 1);
  if (times.length === 0) attempts.delete(key);
}
