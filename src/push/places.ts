/** So many may do something at once. */
export class Places {
  readonly #most: number;
  readonly #onFree: () => void;
  #taken = 0;

  /** @param onFree told when a place is given back */
  constructor(most: number, onFree: () => void) {
    this.#most = most;
    this.#onFree = onFree;
  }

  get isFull(): boolean {
    return this.#taken >= this.#most;
  }

  /** @returns gives the place back; once more is fine */
  take(): () => void {
    let released = false;
    this.#taken++;
    return () => {
      if (released) return;
      released = true;
      this.#taken--;
      this.#onFree();
    };
  }
}
