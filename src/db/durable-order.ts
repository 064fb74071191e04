/** Tells what became of transactions once the disk has all that they wrote and read, in the order of their commits. */
export class DurableOrder {
  readonly #durable: () => Promise<void> | undefined;
  /** Transactions that were run, and wait for the disk. */
  untold = 0;
  #last = Promise.resolve();

  /** @param durable resolves once all that was committed before the call is on disk; undefined if it is */
  constructor(durable: () => Promise<void> | undefined) {
    this.#durable = durable;
  }

  /** Tells so many transactions, once what was committed is on disk, behind all earlier ones. */
  whenDurable(transactions: number, tell: () => void, refuseAll: (cause: unknown) => void): void {
    const durable = this.#durable();
    if (durable === undefined && this.untold === 0) {
      tell();
      return;
    }
    this.untold += transactions;
    const before = this.#last;
    this.#last = (async () => {
      let told = tell;
      try {
        await durable;
      } catch (cause) {
        told = () => refuseAll(cause);
      }
      await before;
      this.untold -= transactions;
      told();
    })();
  }

  /** Resolves when all that waits now was told. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
