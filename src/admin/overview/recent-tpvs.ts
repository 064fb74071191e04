import type { Clock } from '../../clock.ts';
import type { EventSource } from '../../events.ts';

/** What happened to a TPV and did not happen again for this long is over. */
export const OVER_AFTER_MS = 10 * 60_000;

/**
 * TPVs to which something happens again and again while it lasts: two machines share a key, and take the socket from
 * each other every few seconds; or a TPV goes on sending although it has too much waiting.
 */
export class RecentTpvs {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { since: number; last: number }>();
  readonly stop: () => void;

  constructor(events: EventSource, type: 'tpv.key_shared' | 'tpv.quota_reached', clock: Clock) {
    this.#clock = clock;
    this.stop = events.on(type, ({ tpvId }) => this.happened(tpvId));
  }

  /** It happened, at this hub or another one. */
  happened(tpvId: string): void {
    const since = this.#seen.get(tpvId)?.since ?? this.#clock.now();
    this.#seen.set(tpvId, { since, last: this.#clock.elapsed() });
  }

  /** Each with since when, in milliseconds. */
  now(): { tpvId: string; since: number }[] {
    const over = this.#clock.elapsed() - OVER_AFTER_MS;
    for (const [tpvId, { last }] of this.#seen) if (last < over) this.#seen.delete(tpvId);
    return [...this.#seen].map(([tpvId, { since }]) => ({ tpvId, since }));
  }
}
