import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';

/** Callers that are remembered; the one that began longest ago goes first. */
const MOST_CALLERS = 5_000;

/** How often each caller did something within a time that begins with its first. */
export class WindowCounts {
  readonly #elapsed: () => number;
  readonly #callers = new Map<string, { count: number; since: number }>();

  /** @param elapsed milliseconds that only grow: a clock that is set back by a day must not lock a caller out for it */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** Counts one more; `leftMs` is how long its window still lasts. */
  add(caller: string, windowMs: number): { count: number; leftMs: number } {
    const now = this.#elapsed();
    const before = this.#callers.get(caller);
    if (before !== undefined && now < before.since + windowMs) {
      before.count++;
      return { count: before.count, leftMs: before.since + windowMs - now };
    }
    this.#callers.delete(caller);
    this.#callers.set(caller, { count: 1, since: now });
    const [oldest] = this.#callers.keys();
    if (this.#callers.size > MOST_CALLERS && oldest !== undefined) this.#callers.delete(oldest);
    return { count: 1, leftMs: windowMs };
  }
}

/** Where `@fastify/rate-limit` counts; its own store goes by the time of day. */
export function rateStore(elapsed: () => number): FastifyRateLimitStoreCtor {
  return class RateStore implements FastifyRateLimitStore {
    readonly #counts = new WindowCounts(elapsed);

    incr(key: string, done: Parameters<FastifyRateLimitStore['incr']>[1], windowMs: number): void {
      const { count, leftMs } = this.#counts.add(key, windowMs);
      done(null, { current: count, ttl: leftMs });
    }

    /** Each route counts by itself. */
    child(): FastifyRateLimitStore {
      return new RateStore();
    }
  };
}
