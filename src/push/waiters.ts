import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { PushRow } from './message.ts';
import { pushById } from './push-store.ts';

interface Waiter {
  /** Its patience ends then. */
  until: number;
  leave(): void;
}

/** Requests that wait to see how their message goes, each with its own patience. */
export class Waiters {
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #ports: { db: Database; clock: Clock };
  #over = false;

  constructor(ports: { db: Database; clock: Clock }) {
    this.#ports = ports;
  }

  /** The message as it stands once it is settled, or after `ms`; at once if it can't be settled until then. */
  async settled(id: string, ms: number): Promise<PushRow | undefined> {
    const { db, clock } = this.#ports;
    const until = clock.now() + ms;
    const { left, leave } = this.#add(id, until);
    const cancel = clock.after(ms, leave);
    try {
      // Looked at after the place is taken, so that nothing is missed in between.
      const [now] = await db.query(pushById, { id });
      if (now === undefined || now.not_before === null || now.not_before > until) return now;
      await left;
      return (await db.query(pushById, { id }))[0];
    } finally {
      cancel();
      leave();
    }
  }

  /** `left` resolves once there is nothing more to wait for; a caller that has waited enough calls `leave`. */
  #add(id: string, until: number): { left: Promise<void>; leave(): void } {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiting.get(id) ?? new Set();
    const waiter: Waiter = {
      until,
      leave: () => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiting.delete(id);
        resolve();
      },
    };
    if (this.#over) resolve();
    else this.#waiting.set(id, waiters.add(waiter));
    return { left, leave: waiter.leave };
  }

  /** It is settled: those who wait for it are told. */
  release(id: string): void {
    for (const { leave } of [...(this.#waiting.get(id) ?? [])]) leave();
  }

  /** Releases those whose message is settled: by another hub, which tells of it, or tried to. */
  async look(): Promise<void> {
    for (const id of [...this.#waiting.keys()]) {
      const [row] = await this.#ports.db.query(pushById, { id });
      if (row === undefined || row.not_before === null) this.release(id);
    }
  }

  /** It is not tried again before `at`; requests that can't wait that long are released now. */
  postponed(id: string, at: number): void {
    for (const { until, leave } of [...(this.#waiting.get(id) ?? [])]) if (at > until) leave();
  }

  /** Releases all waiters, and takes no new ones. */
  end(): void {
    this.#over = true;
    for (const id of [...this.#waiting.keys()]) this.release(id);
  }
}
