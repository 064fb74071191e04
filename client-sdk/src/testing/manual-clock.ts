import type { Cancel, Clock } from '../clock.ts';

interface Timer {
  at: number;
  fn: () => void;
}

/**
 * A clock that stands still until a test moves it: give one to the `HubClient` under test and to the `FakeHub`.
 *
 * @example
 * const clock = new ManualClock();
 * const hub = await FakeHub.start({ clock });
 * const tpv = new HubClient({ ...hub.access, clock });
 * await clock.advance(60_000);
 */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;
  #turn: Promise<void> = Promise.resolve();

  /** `start` in milliseconds since the epoch. Default: 2025-11-09T10:30:00Z. */
  constructor(start = Date.UTC(2025, 10, 9, 10, 30)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): Cancel {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Timers that are set. After everything was closed it must be 0, or something leaks. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer falls due; undefined without one. */
  get nextInMs(): number | undefined {
    const first = this.#first();
    return first && Math.max(0, first.at - this.#now);
  }

  /**
   * Moves time on by `ms`, calling what falls due on the way in its order. Between two timers the event loop turns, so
   * that what the first one started can go on; what takes the network real time has to be waited for as ever. Calls
   * take turns.
   */
  advance(ms: number): Promise<void> {
    this.#turn = this.#turn.then(() => this.#advance(ms));
    return this.#turn;
  }

  async #advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (let timer = this.#first(); timer !== undefined && timer.at <= until; timer = this.#first()) {
      this.#now = Math.max(this.#now, timer.at);
      this.#timers.delete(timer);
      timer.fn();
      await turns();
    }
    this.#now = until;
    await turns();
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
