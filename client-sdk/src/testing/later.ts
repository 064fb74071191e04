import type { Cancel, Clock } from '../clock.ts';

/** Does things in their order, at once or `delayMs` later: a network that is slow, and never overtakes itself. */
export class Later {
  readonly #clock: Clock;
  readonly #timers = new Set<Cancel>();
  #lastAt = 0;
  delayMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  do(work: () => void): void {
    const now = this.#clock.now();
    const at = Math.max(now + this.delayMs, this.#lastAt);
    if (at <= now && this.#timers.size === 0) {
      work();
      return;
    }
    this.#lastAt = at;
    const cancel = this.#clock.after(at - now, () => {
      this.#timers.delete(cancel);
      work();
    });
    this.#timers.add(cancel);
  }

  /** What was still to be done is lost. */
  drop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#lastAt = 0;
  }
}
