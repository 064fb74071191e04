/** More long polls than this of one TPV are answered at once: it has enough of them. */
const MAX_WAITING_PER_TPV = 20;

/** TPVs that wait for their next instruction over REST. They hold nothing but a place in this list. */
export class Pollers {
  readonly #waiting = new Map<string, Set<() => void>>();

  /**
   * Resolves when something may be there for the TPV, or `signal` is aborted.
   * @returns false, at once, where too many wait already
   */
  wait(tpvId: string, signal: AbortSignal): Promise<boolean> {
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

  wake(tpvId: string): void {
    for (const done of [...(this.#waiting.get(tpvId) ?? [])]) done();
  }

  wakeAll(): void {
    for (const tpvId of [...this.#waiting.keys()]) this.wake(tpvId);
  }
}
