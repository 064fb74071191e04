/** Things that wait, each for its own moment; the soonest is found without looking at the others (a binary heap). */
export class Soonest<T> {
  readonly #heap: { at: number; thing: T }[] = [];

  get first(): Readonly<{ at: number; thing: T }> | undefined {
    return this.#heap[0];
  }

  put(at: number, thing: T): void {
    const heap = this.#heap;
    const entry = { at, thing };
    let place = heap.length;
    heap.push(entry);
    for (;;) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.at <= at) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  /** Takes the soonest away. */
  take(): T | undefined {
    const heap = this.#heap;
    const taken = heap[0]?.thing;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return taken;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (a === undefined) break;
      const [child, below] = b !== undefined && b.at < a.at ? [b, left + 1] : [a, left];
      if (child.at >= last.at) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return taken;
  }
}
