import type { FlowFrame } from '../wire/frames.ts';

/** At so many instructions in hand the hub is asked to pause. */
const HIGH_WATER = 1024;

/** At so few it is asked to go on. */
const LOW_WATER = 512;

/**
 * Says how many unreported instructions this client wants at once, and asks the hub to pause before those in hand grow
 * without bound: the hub's limit counts only what is not reported on yet, and this client reports `delivered` on all
 * that wait.
 */
export class Flow {
  readonly #send: (frame: FlowFrame) => boolean;
  readonly #wanted: number;
  /** What the hub goes by now. */
  #said = 0;
  #full = false;
  #paused = false;
  #stopped = false;

  constructor(maxInFlight: number, send: (frame: FlowFrame) => boolean) {
    this.#wanted = maxInFlight;
    this.#send = send;
  }

  /** A new session: it starts with the hub's own limit, whatever the last one was told. */
  restart(maxInFlight: number): void {
    this.#said = maxInFlight;
    this.#say();
  }

  /** `held` instructions are in hand now. */
  changed(held: number): void {
    if (held >= HIGH_WATER) this.#full = true;
    else if (held <= LOW_WATER) this.#full = false;
    else return;
    this.#say();
  }

  /** Nothing is wanted, until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#say();
  }

  resume(): void {
    this.#paused = false;
    this.#say();
  }

  /** Nothing more is wanted, on this session or any later one. */
  stop(): void {
    this.#stopped = true;
    this.#say();
  }

  #say(): void {
    const wanted = this.#full || this.#paused || this.#stopped ? 0 : this.#wanted;
    // Where no socket takes it, it is said at the next change.
    if (wanted !== this.#said && this.#send({ type: 'flow', max_in_flight: wanted })) this.#said = wanted;
  }
}
