/** Upgrades that a test holds back, to let them through in an order of its own. */
export class HeldConnections {
  readonly #waiting: (() => void)[] = [];
  readonly #changed: () => void;
  #end: (() => void) | undefined;

  constructor(changed: () => void, end: () => void) {
    this.#changed = changed;
    this.#end = end;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets one through: the first that came, or another one by its index. */
  admit(index = 0): void {
    this.#waiting.splice(index, 1)[0]?.();
    this.#changed();
  }

  /** Lets all through in their order, and holds no more. */
  release(): void {
    this.#end?.();
    this.#end = undefined;
    for (const admit of this.#waiting.splice(0)) admit();
    this.#changed();
  }

  /** The fake hub's part: one more has come. */
  hold(admit: () => void): void {
    this.#waiting.push(admit);
    this.#changed();
  }
}
