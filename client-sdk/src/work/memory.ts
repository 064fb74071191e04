import type { Outcome } from './outcome.ts';

export interface MemoryLimits {
  /** Ended instructions that are remembered. Default 10,000. */
  maxEntries: number;
  /** What their responses and messages may take, in bytes of JSON. Default 16 MiB. */
  maxBytes: number;
}

export const DEFAULT_MEMORY: MemoryLimits = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 };

interface Entry {
  outcome: Outcome;
  bytes: number;
}

/** How the newest instructions ended, by id, so that one which comes again is answered and not run again. */
export class OutcomeMemory {
  readonly #limits: MemoryLimits;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  recall(id: string): Outcome | undefined {
    return this.#entries.get(id)?.outcome;
  }

  /** Remembers `outcome`, and forgets the oldest ones that no longer fit. */
  remember(id: string, outcome: Outcome): void {
    this.#forget(id);
    const bytes = Buffer.byteLength(JSON.stringify(outcome));
    this.#entries.set(id, { outcome, bytes });
    this.#bytes += bytes;
    // A Map keeps the order of insertion: its first key is the oldest.
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.maxEntries && this.#bytes <= this.#limits.maxBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
  }
}
