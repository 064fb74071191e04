import type { Clock } from '../clock.ts';

/** Failures one after the other, after which a target gets a rest. */
const FAILURES_TO_OPEN = 5;
/** Milliseconds of rest before one call is tried. */
const OPEN_MS = 30_000;
/** Targets remembered at most; past it, the one that failed longest ago is forgotten. */
const MAX_TARGETS = 1_000;

interface Trouble {
  failures: number;
  /** Nothing is sent before; undefined while there were too few failures. */
  openUntil: number | undefined;
}

/**
 * A circuit breaker per target (a TPV and an origin): one that keeps failing is not called for a while, and so does
 * not cost each person 10 s.
 */
export class Breaker {
  readonly #clock: Clock;
  /** Only of targets that failed last; the one that failed longest ago comes first. */
  readonly #troubles = new Map<string, Trouble>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a call may go out now. After the pause the first caller gets the trial; the others wait on. */
  admits(target: string): boolean {
    const trouble = this.#troubles.get(target);
    if (trouble?.openUntil === undefined) return true;
    const now = this.#clock.elapsed();
    if (now < trouble.openUntil) return false;
    trouble.openUntil = now + OPEN_MS;
    return true;
  }

  /** Says how an admitted call went. */
  settle(target: string, worked: boolean): void {
    const trouble = this.#troubles.get(target);
    this.#troubles.delete(target);
    if (worked) return;
    const failures = (trouble?.failures ?? 0) + 1;
    const openUntil = failures < FAILURES_TO_OPEN ? undefined : this.#clock.elapsed() + OPEN_MS;
    this.#troubles.set(target, { failures, openUntil });
    if (this.#troubles.size <= MAX_TARGETS) return;
    for (const oldest of this.#troubles.keys()) {
      this.#troubles.delete(oldest);
      break;
    }
  }
}
