/**
 * One lane per person: the items of a lane run strictly one after the other, in order; different lanes run side by
 * side, up to `concurrency`, and take turns.
 */
export class Lanes<T> {
  readonly #concurrency: number;
  readonly #run: (item: T) => Promise<void>;
  readonly #waiting = new Map<number, T[]>();
  readonly #running = new Set<number>();
  /** Lanes with something to run and nothing running, in the order in which their turn comes. */
  readonly #ready = new Set<number>();
  #paused = false;

  /** `run` must not reject. */
  constructor(concurrency: number, run: (item: T) => Promise<void>) {
    this.#concurrency = concurrency;
    this.#run = run;
  }

  /** Puts `item` at the end of `person`'s lane. */
  add(person: number, item: T): void {
    if (
      !this.#paused &&
      this.#ready.size === 0 &&
      !this.#running.has(person) &&
      this.#running.size < this.#concurrency
    ) {
      this.#begin(person, item);
      return;
    }
    const lane = this.#waiting.get(person);
    if (lane === undefined) this.#waiting.set(person, [item]);
    else lane.push(item);
    if (!this.#running.has(person)) this.#ready.add(person);
    this.#fill();
  }

  /** Takes a waiting item out. */
  remove(person: number, item: T): void {
    const lane = this.#waiting.get(person);
    const index = lane?.indexOf(item) ?? -1;
    if (lane === undefined || index === -1) return;
    lane.splice(index, 1);
    if (lane.length > 0) return;
    this.#waiting.delete(person);
    this.#ready.delete(person);
  }

  /** Begins nothing until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#fill();
  }

  #fill(): void {
    for (const person of this.#ready) {
      if (this.#paused || this.#running.size >= this.#concurrency) return;
      this.#ready.delete(person);
      const item = this.#next(person);
      if (item !== undefined) this.#begin(person, item);
    }
  }

  #begin(person: number, item: T): void {
    this.#running.add(person);
    void this.#run(item).then(() => this.#done(person));
  }

  #next(person: number): T | undefined {
    const lane = this.#waiting.get(person);
    const item = lane?.shift();
    if (lane?.length === 0) this.#waiting.delete(person);
    return item;
  }

  #done(person: number): void {
    this.#running.delete(person);
    if (this.#waiting.has(person)) this.#ready.add(person);
    this.#fill();
  }
}
