import type { Clock } from '../clock.ts';

/** More long polls than this of one TPV are answered at once: it has enough of them. */
const MAX_WAITING_PER_TPV = 20;

/** TPVs that ask for their next instructions over REST. Those that wait hold nothing but a place in this list. */
export class Pollers {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #askedAt = new Map<string, number>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves with what `claim` gives, as soon as that is something.
   * @param waitMs after this long it resolves empty
   * @param gone aborted when the caller no longer waits for the answer
   */
  async poll<T>(tpvId: string, waitMs: number, gone: AbortSignal, claim: () => Promise<T[]>): Promise<T[]> {
    this.#askedAt.set(tpvId, this.#clock.now());
    const deadline = this.#clock.now() + waitMs;
    const patience = new AbortController();
    const give = () => patience.abort();
    gone.addEventListener('abort', give);
    const cancel = waitMs > 0 ? this.#clock.after(waitMs, give) : undefined;
    try {
      for (;;) {
        if (this.#ended || gone.aborted) return [];
        // Waiting starts before looking, so that what is committed in between wakes it.
        const woken = this.#wait(tpvId, patience.signal);
        const found = await claim();
        if (found.length > 0 || this.#clock.now() >= deadline || patience.signal.aborted) return found;
        if (!(await woken)) return found;
      }
    } finally {
      cancel?.();
      gone.removeEventListener('abort', give);
      // Releases the waiters that this call registered.
      patience.abort();
    }
  }

  /** When the TPV last asked, and whether a call of it waits right now. */
  look(tpvId: string): { polledAt: number | undefined; polling: boolean } {
    return { polledAt: this.#askedAt.get(tpvId), polling: this.#waiting.has(tpvId) };
  }

  /** The TPVs of which a call waits. */
  waiting(): Iterable<string> {
    return this.#waiting.keys();
  }

  /** Something may be there for the TPV. */
  wake(tpvId: string): void {
    for (const done of [...(this.#waiting.get(tpvId) ?? [])]) done();
  }

  /** From now on every poll is answered at once, and empty. */
  end(): void {
    this.#ended = true;
    for (const tpvId of [...this.#waiting.keys()]) this.wake(tpvId);
  }

  /**
   * Resolves when something may be there for the TPV, or `signal` is aborted.
   * @returns false, at once, if too many wait already
   */
  #wait(tpvId: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(tpvId) ?? new Set();
      if (signal.aborted) return resolve(true);
      if (waiting.size >= MAX_WAITING_PER_TPV) return resolve(false);
      this.#waiting.set(tpvId, waiting);
      const done = () => {
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(tpvId) === waiting) this.#waiting.delete(tpvId);
        signal.removeEventListener('abort', done);
        resolve(true);
      };
      waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
