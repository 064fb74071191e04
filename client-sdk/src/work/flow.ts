import { DEFAULT_MAX_IN_FLIGHT, type FlowFrame } from '../protocol/mod.ts';

/** At so many instructions in hand the hub is asked to pause. */
const HIGH_WATER = 1024;

/** At so few it is asked to go on. */
const LOW_WATER = 512;

/**
 * Asks the hub to pause before the instructions in hand grow without bound: its own limit counts only those that are
 * not reported on yet, and this client reports `delivered` on all that wait.
 */
export class Flow {
  readonly #send: (frame: FlowFrame) => boolean;
  #maxInFlight = DEFAULT_MAX_IN_FLIGHT;
  #paused = false;
  #stopped = false;

  constructor(send: (frame: FlowFrame) => boolean) {
    this.#send = send;
  }

  /** A new session: it starts with the hub's own limit, whatever the last one was told. */
  restart(maxInFlight: number): void {
    this.#maxInFlight = maxInFlight;
    this.#paused = this.#stopped && this.#say(0);
  }

  /** `held` instructions are in hand now. */
  changed(held: number): void {
    if (this.#stopped) return;
    if (!this.#paused && held >= HIGH_WATER) this.#paused = this.#say(0);
    else if (this.#paused && held <= LOW_WATER) this.#paused = !this.#say(this.#maxInFlight);
  }

  /** Nothing more is wanted, on this session or any later one. */
  stop(): void {
    this.#stopped = true;
    this.#paused = this.#say(0);
  }

  #say(maxInFlight: number): boolean {
    return this.#send({ type: 'flow', max_in_flight: maxInFlight });
  }
}
