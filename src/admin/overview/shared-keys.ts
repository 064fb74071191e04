import type { Clock } from '../../clock.ts';
import type { EventSource } from '../../events.ts';

/** Two machines that share a key take the socket from each other every few seconds; then it is over. */
const OVER_AFTER_MS = 10 * 60_000;

/** TPVs whose key two machines use at once. */
export class SharedKeys {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { since: number; last: number }>();
  readonly stop: () => void;

  constructor(events: EventSource, clock: Clock) {
    this.#clock = clock;
    this.stop = events.on('tpv.key_shared', ({ tpvId }) => {
      const since = this.#seen.get(tpvId)?.since ?? clock.now();
      this.#seen.set(tpvId, { since, last: clock.elapsed() });
    });
  }

  /** Each with since when, in milliseconds. */
  now(): { tpvId: string; since: number }[] {
    const over = this.#clock.elapsed() - OVER_AFTER_MS;
    for (const [tpvId, { last }] of this.#seen) if (last < over) this.#seen.delete(tpvId);
    return [...this.#seen].map(([tpvId, { since }]) => ({ tpvId, since }));
  }
}
