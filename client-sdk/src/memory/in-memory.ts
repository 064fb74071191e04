import { Entries } from './entries.ts';
import type { Begun, Memory, MemoryLimits, Outcome } from './memory.ts';

/**
 * The default memory: it lives as long as this process. Several clients may share one.
 *
 * @example
 * new HubClient({ url, apiKey, memory: inMemory({ maxEntries: 100_000 }) });
 */
export function inMemory(limits: Partial<MemoryLimits> = {}): Memory {
  return new InMemory(limits);
}

export class InMemory implements Memory {
  readonly #entries: Entries;

  constructor(limits: Partial<MemoryLimits>) {
    this.#entries = new Entries(limits);
  }

  begin(id: string): Begun {
    const outcome = this.#entries.outcomeOf(id);
    if (outcome !== undefined) return outcome;
    if (this.#entries.isRunning(id)) return 'running';
    this.#entries.begin(id);
    return 'new';
  }

  finish(id: string, outcome: Outcome): void {
    this.#entries.finish(id, outcome);
  }

  forget(id: string): void {
    this.#entries.forget(id);
  }
}
