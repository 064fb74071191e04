import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { changeOfPush } from './change-store.ts';
import type { PushRow } from './message.ts';
import { pushById } from './push-store.ts';

interface Waiter {
  /** The newest of the changes that it waits for. */
  version: number;
  /** That one is committed. */
  isKept: boolean;
  /** Its patience ends then. */
  until: number;
  end(outcome: PushRow | HubError | undefined): void;
}

/** One caller's place. */
export interface Place {
  /** Which change it is, known within its transaction. */
  expects(version: number): void;
  /** It is committed. */
  kept(): void;
  /**
   * @returns the message as it became; undefined: the change is still to come
   * @throws HubError why it does not come
   */
  told(): Promise<PushRow | undefined>;
  leave(): void;
}

/** Callers that wait to see how their change goes, each with its own patience. */
export class ChangeWaiters {
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #clock: Clock;
  #over = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes a place before the change is asked for, so that nothing is missed.
   * @param ms how long to wait for it
   */
  join(pushId: string, ms: number): Place {
    const { promise, resolve } = Promise.withResolvers<PushRow | HubError | undefined>();
    const waiters = this.#waiting.get(pushId) ?? new Set();
    const cancel = Number.isFinite(ms) ? this.#clock.after(ms, () => waiter.end(undefined)) : () => {};
    const leave = () => {
      cancel();
      waiters.delete(waiter);
      if (waiters.size === 0) this.#waiting.delete(pushId);
    };
    const waiter: Waiter = {
      version: Number.POSITIVE_INFINITY,
      isKept: false,
      until: this.#clock.now() + ms,
      end: (outcome) => {
        leave();
        resolve(outcome);
      },
    };
    if (this.#over) resolve(undefined);
    this.#waiting.set(pushId, waiters.add(waiter));
    return {
      leave,
      expects: (version) => {
        waiter.version = version;
      },
      kept: () => {
        waiter.isKept = true;
      },
      async told() {
        const outcome = await promise;
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    };
  }

  /** Whether somebody waits for this change, or for one before it. */
  isAwaited(pushId: string, version: number): boolean {
    return [...(this.#waiting.get(pushId) ?? [])].some((waiter) => waiter.version <= version);
  }

  /** This change and those before it are over. */
  tell(pushId: string, version: number, outcome: PushRow | HubError): void {
    for (const waiter of [...(this.#waiting.get(pushId) ?? [])]) if (waiter.version <= version) waiter.end(outcome);
  }

  /**
   * Where another hub makes the changes: tells those whose change is over how the message is now. A change that was refused
   * is noted on it.
   */
  async look(db: Pick<Database, 'query'>): Promise<void> {
    for (const [pushId, waiters] of [...this.#waiting]) {
      const kept = [...waiters].filter(({ isKept }) => isKept);
      if (kept.length === 0 || (await db.query(changeOfPush, { pushId })).length > 0) continue;
      const [row] = await db.query(pushById, { id: pushId });
      for (const waiter of kept) waiter.end(row ?? new HubError('not_found', 'The message was deleted meanwhile.'));
    }
  }

  /** It is not tried again before `at`; callers that can't wait that long are released now. */
  postponed(pushId: string, at: number): void {
    for (const waiter of [...(this.#waiting.get(pushId) ?? [])]) if (at > waiter.until) waiter.end(undefined);
  }

  /** Releases all callers, and takes no new ones. */
  end(): void {
    this.#over = true;
    for (const waiters of [...this.#waiting.values()]) for (const waiter of [...waiters]) waiter.end(undefined);
  }
}
