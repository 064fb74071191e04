/**
 * How often something may happen: one every `intervalMs` on average, `burst` at once after a rest. (The generic cell
 * rate algorithm: all it remembers is one point in time.)
 */
export interface Rate {
  intervalMs: number;
  burst: number;
}

/** When the next may happen, for one thing that is limited. */
export class Pace {
  readonly #rate: Rate;
  /** When it would be fully rested again. */
  #restedAt = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** The earliest time for the next one. */
  readyAt(): number {
    return this.#restedAt - this.#rate.intervalMs * (this.#rate.burst - 1);
  }

  taken(now: number): void {
    this.#restedAt = Math.max(this.#restedAt, now) + this.#rate.intervalMs;
  }

  /** Whether it can be forgotten: nothing of it is left to remember. */
  rested(now: number): boolean {
    return this.#restedAt <= now;
  }
}

/** Rested paces are looked for when so many are kept. */
const FORGET_FROM = 1_000;

/** One pace a key; keys that rested are forgotten. */
export class KeyedPaces {
  readonly #paces = new Map<string, Pace>();
  #forgetFrom = FORGET_FROM;

  /**
   * Takes one for `key` if it may happen now.
   * @returns 0, or for how many milliseconds to wait
   */
  take(key: string, rate: Rate, now: number): number {
    let pace = this.#paces.get(key);
    if (pace === undefined) {
      if (this.#paces.size >= this.#forgetFrom) this.#forget(now);
      pace = new Pace(rate);
      this.#paces.set(key, pace);
    }
    const waitMs = pace.readyAt() - now;
    if (waitMs > 0) return waitMs;
    pace.taken(now);
    return 0;
  }

  #forget(now: number): void {
    for (const [key, pace] of this.#paces) if (pace.rested(now)) this.#paces.delete(key);
    this.#forgetFrom = Math.max(FORGET_FROM, 2 * this.#paces.size);
  }
}
