import type { Logger } from '../options.ts';

/** Who hears of something; one that throws keeps the others from nothing. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #logger: Logger;
  readonly #what: string;

  /** @param what they listen to, for the log */
  constructor(logger: Logger, what: string) {
    this.#logger = logger;
    this.#what = what;
  }

  /** @returns ends it */
  add(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#logger.error({ err: error }, `a ${this.#what} listener threw`);
      }
    }
  }
}
