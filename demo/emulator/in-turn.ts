/** Runs what concerns one chat one after the other, in the order in which it came. */
export class InTurn {
  readonly #last = new Map<number, Promise<unknown>>();

  run<T>(chatId: number | undefined, work: () => Promise<T>): Promise<T> {
    if (chatId === undefined) return work();
    const before = this.#last.get(chatId);
    const mine = before === undefined ? work() : before.then(work, work);
    this.#last.set(chatId, mine);
    const forget = () => {
      if (this.#last.get(chatId) === mine) this.#last.delete(chatId);
    };
    mine.then(forget, forget);
    return mine;
  }
}
