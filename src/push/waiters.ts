interface Waiter {
  /** Its patience ends then. */
  until: number;
  leave(): void;
}

/** Requests that wait to see how their message goes, each with its own patience. */
export class Waiters {
  readonly #waiting = new Map<string, Set<Waiter>>();
  #over = false;

  /** `left` resolves once there is nothing more to wait for; a request whose patience ends calls `leave`. */
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

  /** It is not tried again before `at`; requests that can't wait that long are released now. */
  postponed(id: string, at: number): void {
    for (const { until, leave } of [...(this.#waiting.get(id) ?? [])]) if (at > until) leave();
  }

  /** Releases all waiters, and takes no new ones. */
  end(): void {
    this.#over = true;
    for (const id of [...this.#waiting.keys()]) this.settled(id);
  }
}
