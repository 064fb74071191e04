import type { Cancel, Clock } from '../clock.ts';

/** Something that is to be looked after at a time. */
export interface Due {
  /** Milliseconds since the epoch. */
  dueAt: number;
}

/**
 * Rings for each item once its time has come. One timer serves all of them: it is set for the earliest when it was set,
 * and looks through all when it fires. Most items are gone by then, and cost no more than the comparison of two numbers.
 */
export class Alarms<T extends Due> {
  readonly #clock: Clock;
  readonly #items: () => Iterable<T>;
  readonly #ring: (item: T) => void;
  #setFor = Number.POSITIVE_INFINITY;
  #cancel: Cancel = () => {};

  /** @param items all that there are now */
  constructor(clock: Clock, items: () => Iterable<T>, ring: (item: T) => void) {
    this.#clock = clock;
    this.#items = items;
    this.#ring = ring;
  }

  /** Rings `ms` from now, and no longer when it was to before. */
  set(item: T, ms: number): void {
    item.dueAt = this.#clock.now() + ms;
    if (item.dueAt < this.#setFor) this.#setTimer(item.dueAt, ms);
  }

  stop(): void {
    this.#cancel();
    this.#setFor = Number.POSITIVE_INFINITY;
  }

  #setTimer(at: number, ms: number): void {
    this.#cancel();
    this.#setFor = at;
    this.#cancel = this.#clock.after(ms, this.#look);
  }

  readonly #look = (): void => {
    this.#setFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    // A timer may come a fraction of a millisecond early. Who rings may take items away.
    for (const item of [...this.#items()].filter(({ dueAt }) => dueAt <= now + 1)) this.#ring(item);
    let first = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#items()) first = Math.min(first, dueAt);
    if (first < this.#setFor) this.#setTimer(first, Math.max(1, first - this.#clock.now()));
  };
}
