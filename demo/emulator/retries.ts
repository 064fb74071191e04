const longestMs = 60_000;

/**
 * How long an update waits after it was refused: at once again, then 2, 4 … 64 s, then something between 60 and 120 s.
 *
 * @param failures how often it was refused, this time included
 * @param baseMs the 2 s
 */
export function retryWaitMs(failures: number, baseMs: number, random: () => number): number {
  if (failures <= 1) return 0;
  return Math.min(baseMs * 2 ** (failures - 2), longestMs * (1 + random()));
}

const activeForMs = 10_000;
const anotherAfterMs = 2000;

/**
 * How many connections to a webhook may be open: after 10 s without any success one, and one more every 2 s, until the
 * first success.
 */
export class ConnectionAllowance {
  readonly #most: number;
  /** By a clock's `elapsed`; undefined: there was no success yet. */
  #succeededAt: number | undefined;
  #failingSince: number | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  succeeded(now: number): void {
    this.#succeededAt = now;
    this.#failingSince = undefined;
  }

  /** For a delivery that wants to begin now. */
  allowed(now: number): number {
    if (this.#succeededAt !== undefined && now - this.#succeededAt <= activeForMs) return this.#most;
    this.#failingSince ??= now;
    return Math.min(this.#most, 1 + Math.floor((now - this.#failingSince) / anotherAfterMs));
  }

  /** When another one is allowed, after which nothing changes by itself. */
  nextAt(now: number): number {
    const since = this.#failingSince ?? now;
    return since + (Math.floor((now - since) / anotherAfterMs) + 1) * anotherAfterMs;
  }
}
