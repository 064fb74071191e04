import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { EventSource } from '../events.ts';
import { type DeliverySettings, type InstructionRow, POLL_HOLDER } from '../instructions/instruction.ts';
import { claim, type DeliveryObserver, tpvKey } from './claim.ts';

export interface PollersPorts {
  db: Database;
  events: EventSource;
  clock: Clock;
  settings: Pick<DeliverySettings, 'sentLeaseMs'>;
  observer?: DeliveryObserver | undefined;
}

/** More long polls than this of one TPV are answered at once: it has enough of them. */
const MAX_WAITING_PER_TPV = 20;

/** Hands out over REST, to TPVs that ask. Those that wait hold nothing but a place in this list. */
export class Pollers {
  readonly #ports: PollersPorts;
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #askedAt = new Map<string, number>();
  #ended = false;

  constructor(ports: PollersPorts) {
    this.#ports = ports;
    ports.events.on('instruction.ready', ({ tpvId }) => this.wake(tpvId));
  }

  /**
   * Hands out the TPV's next instructions, leased, as soon as there are any.
   * @param waitMs after this long it resolves empty; no database connection is held meanwhile
   * @param gone aborted when the caller waits for the answer no longer
   */
  async poll(tpvId: string, limit: number, waitMs: number, gone: AbortSignal): Promise<InstructionRow[]> {
    const { clock } = this.#ports;
    this.#askedAt.set(tpvId, clock.now());
    const deadline = clock.elapsed() + waitMs;
    const patience = new AbortController();
    const give = () => patience.abort();
    gone.addEventListener('abort', give);
    const cancel = waitMs > 0 ? clock.after(waitMs, give) : undefined;
    try {
      for (;;) {
        if (this.#ended || gone.aborted) return [];
        // Waiting starts before looking, so that what is committed in between wakes it.
        const woken = this.#wait(tpvId, patience.signal);
        const found = await this.#claim(tpvId, limit);
        if (found.length > 0 || clock.elapsed() >= deadline || patience.signal.aborted) return found;
        if (!(await woken)) return found;
      }
    } finally {
      cancel?.();
      gone.removeEventListener('abort', give);
      // Releases the waiters that this call registered.
      patience.abort();
    }
  }

  /** When the TPV last asked, and whether a call of it waits right now. */
  look(tpvId: string): { polledAt: number | undefined; polling: boolean } {
    return { polledAt: this.#askedAt.get(tpvId), polling: this.#waiting.has(tpvId) };
  }

  /** The TPVs of which a call waits. */
  waiting(): Iterable<string> {
    return this.#waiting.keys();
  }

  /** Something may be there for the TPV. */
  wake(tpvId: string): void {
    for (const done of [...(this.#waiting.get(tpvId) ?? [])]) done();
  }

  /** From now on every poll is answered at once, and empty. */
  end(): void {
    this.#ended = true;
    for (const tpvId of [...this.#waiting.keys()]) this.wake(tpvId);
  }

  async #claim(tpvId: string, limit: number): Promise<InstructionRow[]> {
    const { db, clock, settings, observer } = this.#ports;
    const now = clock.now();
    const leaseUntil = now + settings.sentLeaseMs;
    const next = { tpvId, holder: POLL_HOLDER, now, leaseUntil, limit };
    const rows = await db.transact((tx) => claim(tx, next), { key: tpvKey(tpvId) });
    for (const row of rows) observer?.handedOut(row, 'poll', clock.now() - row.created_at, row.outBefore);
    return rows;
  }

  /**
   * Resolves when something may be there for the TPV, or `signal` is aborted.
   * @returns false, at once, if too many wait already
   */
  #wait(tpvId: string, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(tpvId) ?? new Set();
      if (signal.aborted) return resolve(true);
      if (waiting.size >= MAX_WAITING_PER_TPV) return resolve(false);
      this.#waiting.set(tpvId, waiting);
      const done = () => {
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(tpvId) === waiting) this.#waiting.delete(tpvId);
        signal.removeEventListener('abort', done);
        resolve(true);
      };
      waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
