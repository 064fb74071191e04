/** How long the client waits before it dials again. */
export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds; it doubles with every failed attempt. Default 500. */
  baseMs: number;
  /** The most that the bound grows to. Default 20,000. */
  maxMs: number;
  /** The bound is `baseMs` again once a connection has held for this long. Default 60,000. */
  resetAfterMs: number;
  /** For tests: 0 inclusive to 1 exclusive. */
  random: () => number;
}

export const DEFAULT_BACKOFF: BackoffOptions = {
  baseMs: 500,
  maxMs: 20_000,
  resetAfterMs: 60_000,
  random: Math.random,
};

/**
 * Exponential backoff with full jitter: each wait is anywhere between 0 and the bound, so that TPVs which lost the
 * hub together don't come back together.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** How long to wait before the next attempt, in milliseconds. */
  next(): number {
    const { baseMs, maxMs, random } = this.#options;
    const boundMs = Math.min(maxMs, baseMs * 2 ** this.#failures);
    // Past the largest bound there is nothing to count, and 2 ** n would become Infinity one day.
    if (boundMs < maxMs) this.#failures++;
    return Math.round(random() * boundMs);
  }

  reset(): void {
    this.#failures = 0;
  }
}
