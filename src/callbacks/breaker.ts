import type { Clock } from '../clock.ts';

/** Failures one after the other, after which an origin gets a rest. */
const FAILURES_TO_OPEN = 5;
/** Milliseconds of rest before one call is tried. */
const OPEN_MS = 30_000;
/** Origins remembered at most; past it, the one that failed longest ago is forgotten. */
const MAX_ORIGINS = 1_000;

interface Trouble {
  failures: number;
  /** Nothing is sent before; undefined while there were too few failures. */
  openUntil: number | undefined;
}

/** A circuit breaker per origin: one that keeps failing is not called for a while, and so does not cost 10 s a call. */
export class Breaker {
  readonly #clock: Clock;
  /** Only of origins that failed last; the one that failed longest ago comes first. */
  readonly #troubles = new Map<string, Trouble>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a call may go out now. After the pause the first caller gets the trial; the others wait on. */
  admits(origin: string): boolean {
    const trouble = this.#troubles.get(origin);
    if (trouble?.openUntil === undefined) return true;
    const now = this.#clock.now();
    if (now < trouble.openUntil) return false;
    trouble.openUntil = now + OPEN_MS;
    return true;
  }

  /** Says how an admitted call went. */
  settle(origin: string, worked: boolean): void {
    const trouble = this.#troubles.get(origin);
    this.#troubles.delete(origin);
    if (worked) return;
    const failures = (trouble?.failures ?? 0) + 1;
    const openUntil = failures < FAILURES_TO_OPEN ? undefined : this.#clock.now() + OPEN_MS;
    this.#troubles.set(origin, { failures, openUntil });
    if (this.#troubles.size <= MAX_ORIGINS) return;
    for (const oldest of this.#troubles.keys()) {
      this.#troubles.delete(oldest);
      break;
    }
  }
}
