import type { Call } from './call.ts';
import type { Waits } from './waits.ts';

/** Every call, in the order of their ends; the oldest go once there are more than `limit`. */
export class Ledger {
  readonly calls: Call[] = [];
  readonly #limit: number;
  readonly #waits: Waits;
  readonly #listeners = new Set<(call: Call) => void>();

  constructor(limit: number, waits: Waits) {
    this.#limit = limit;
    this.#waits = waits;
  }

  record(call: Call): void {
    this.calls.push(call);
    // A tenth at a time: removing one by one from the front would move the whole array on every call.
    if (this.calls.length > this.#limit * 1.1) this.calls.splice(0, this.calls.length - this.#limit);
    for (const listener of this.#listeners) listener(call);
  }

  /** The first call that matches, past or future. */
  waitFor(match: (call: Call) => boolean, timeoutMs: number): Promise<Call> {
    const past = this.calls.find(match);
    if (past !== undefined) return Promise.resolve(past);
    const before = this.calls.length;
    return this.#waits.until<Call>(
      (settle) => {
        const listener = (call: Call) => {
          if (match(call)) settle(call);
        };
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      timeoutMs,
      () => {
        const seen = this.calls.slice(before).map((call) => call.method);
        return `No Bot API call matched; since then came: ${seen.slice(-20).join(', ') || 'nothing'}`;
      },
    );
  }
}
