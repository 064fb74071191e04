import type { Changed } from '../events.ts';
import { CHANGED_KINDS, type LiveChanges } from './schemas/live.ts';

/** Ids of one kind that one event names; of more it says only that there are more. */
const MOST_IDS = 200;

/** What changed since the last event: gathered as it happens, in memory that does not grow. */
export class PendingChanges {
  readonly #ids = new Map<Changed, Set<string>>();
  readonly #more = new Set<Changed>();

  get isEmpty(): boolean {
    return this.#ids.size === 0 && this.#more.size === 0;
  }

  add(what: Changed, id: string): void {
    let ids = this.#ids.get(what);
    if (ids === undefined) {
      ids = new Set();
      this.#ids.set(what, ids);
    }
    if (ids.size < MOST_IDS) ids.add(id);
    else if (!ids.has(id)) this.#more.add(what);
  }

  /** More of the kind changed than is known. */
  addMore(what: Changed): void {
    this.#more.add(what);
  }

  /** Gives what was gathered, and begins anew. */
  take(): LiveChanges {
    const changes: LiveChanges = { more: [...this.#more] };
    for (const kind of CHANGED_KINDS) {
      const ids = this.#ids.get(kind);
      if (ids !== undefined) changes[kind] = [...ids];
    }
    this.#ids.clear();
    this.#more.clear();
    return changes;
  }
}
