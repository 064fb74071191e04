/** Wakes what waits for something to happen at the fake hub. */
export class Changes {
  readonly #watchers = new Set<() => void>();
  #closed = false;

  /** Something happened: every waiter checks its condition. */
  happened(): void {
    for (const look of [...this.#watchers]) look();
  }

  /** Nothing will happen any more. */
  close(): void {
    this.#closed = true;
    this.happened();
  }

  /** Resolves as soon as `condition` holds; rejects where the hub is closed before that. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const holds = condition();
        if (!holds && !this.#closed) return;
        this.#watchers.delete(look);
        if (holds) resolve();
        else reject(new Error('FakeHub.until: the hub was closed before that'));
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Resolves at the next change, or when `gone` is aborted. */
  next(gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (gone.aborted) return resolve();
      const done = () => {
        this.#watchers.delete(done);
        gone.removeEventListener('abort', done);
        resolve();
      };
      gone.addEventListener('abort', done);
      this.#watchers.add(done);
    });
  }
}
