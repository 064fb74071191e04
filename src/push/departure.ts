import type { PushRow } from './message.ts';

/** One message on its way to the point from which it may have arrived. */
export class Departure {
  readonly #mark: () => Promise<PushRow | undefined>;
  readonly #left: () => void;
  #leaving: Promise<PushRow | undefined> | undefined;

  /**
   * @param mark keeps that it leaves now; gives nothing where it may not
   * @param left told once that is decided
   */
  constructor(mark: () => Promise<PushRow | undefined>, left: () => void) {
    this.#mark = mark;
    this.#left = left;
  }

  /** Whether it may leave. Asked again (the same message in other words), it answers the same; never rejects. */
  leave(): Promise<boolean> {
    this.#leaving ??= this.#mark().finally(this.#left);
    return this.#leaving.then(
      (row) => row !== undefined,
      () => false,
    );
  }

  /**
   * How it ended, once nothing of it is open any more.
   * @returns the message as it left; undefined if it never came so far; `withdrawn` if it was not let go
   * @throws what kept it from being marked
   */
  async over(): Promise<PushRow | 'withdrawn' | undefined> {
    if (this.#leaving === undefined) return undefined;
    return (await this.#leaving) ?? 'withdrawn';
  }
}
