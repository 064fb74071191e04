import type { Cancel, Clock } from '../clock.ts';

/** How long one exchange may stand still: its signal aborts when nothing moved for `limitMs`, or the caller aborts. */
export class Patience {
  readonly limitMs: number;
  readonly #clock: Clock;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = new AbortController();
  readonly #giveUp = () => this.#abort.abort(this.#outer?.reason);
  #cancel: Cancel = () => {};
  #ranOut = false;
  #ended = false;

  constructor(clock: Clock, limitMs: number, outer: AbortSignal | undefined) {
    this.limitMs = limitMs;
    this.#clock = clock;
    this.#outer = outer;
    // AbortSignal.any would do, and came with Node 20.3 only.
    if (outer?.aborted) this.#giveUp();
    outer?.addEventListener('abort', this.#giveUp, { once: true });
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get ranOut(): boolean {
    return this.#ranOut;
  }

  /** Something moved: the time begins anew. */
  renew(): void {
    this.rest();
    if (this.#ended) return;
    this.#cancel = this.#clock.after(this.limitMs, () => {
      this.#ranOut = true;
      this.#abort.abort();
    });
  }

  /** It is not the network's turn: time does not count until `renew`. */
  rest(): void {
    this.#cancel();
  }

  /** The exchange is over. */
  end(): void {
    this.#ended = true;
    this.rest();
    this.#outer?.removeEventListener('abort', this.#giveUp);
  }
}
