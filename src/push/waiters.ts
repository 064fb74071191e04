interface Waiter {
  /** Its patience ends then. */
  until: number;
  leave(): void;
}

/** Those who asked for a message and want to know how it goes, each for as long as it can wait. */
export class Waiters {
  readonly #waiting = new Map<string, Set<Waiter>>();
  #over = false;

  /** `left` resolves once there is nothing more to wait for; whoever has waited enough calls `leave`. */
  add(id: string, until: number): { left: Promise<void>; leave(): void } {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiting.get(id) ?? new Set();
    const waiter: Waiter = {
      until,
      leave: () => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiting.delete(id);
        resolve();
      },
    };
    if (this.#over) resolve();
    else this.#waiting.set(id, waiters.add(waiter));
    return { left, leave: waiter.leave };
  }

  settled(id: string): void {
    for (const { leave } of [...(this.#waiting.get(id) ?? [])]) leave();
  }

  /** It is not tried again before `at`; whoever can't wait that long need not wait at all. */
  postponed(id: string, at: number): void {
    for (const { until, leave } of [...(this.#waiting.get(id) ?? [])]) if (at > until) leave();
  }

  /** Lets everybody go, and nobody in any more. */
  end(): void {
    this.#over = true;
    for (const id of [...this.#waiting.keys()]) this.settled(id);
  }
}
