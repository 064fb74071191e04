import { atLeastOne } from '../option-checks.ts';
import { JsonOutcome, responseJson } from './json-outcome.ts';
import { DEFAULT_MEMORY_LIMITS, type MemoryLimits, type Outcome } from './memory.ts';

/** How one ended: the JSON of its response, which is the least that can be kept, or an outcome that is more or less. */
type Ended = string | Outcome;

/** What runs, all of it, and how the newest of the others ended, within limits. */
export class Entries {
  readonly #limits: MemoryLimits;
  readonly #running = new Set<string>();
  /** Two halves: when the newer is full, the older is forgotten as a whole, which costs nothing per entry. */
  #newer = new Map<string, Ended>();
  #older = new Map<string, Ended>();
  #newerBytes = 0;

  /** Throws `invalid_options`. */
  constructor(limits: Partial<MemoryLimits>) {
    this.#limits = { ...DEFAULT_MEMORY_LIMITS, ...limits };
    atLeastOne('memory.maxEntries', this.#limits.maxEntries);
    atLeastOne('memory.maxBytes', this.#limits.maxBytes);
  }

  outcomeOf(id: string): Outcome | undefined {
    const ended = this.#newer.get(id) ?? this.#older.get(id);
    return ended === undefined ? undefined : outcomeOf(ended);
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  begin(id: string): void {
    this.#running.add(id);
  }

  /** Keeps `outcome`, and forgets the oldest ones that no longer fit. The first outcome of an id stays. */
  finish(id: string, outcome: Outcome): void {
    this.#running.delete(id);
    if (this.#newer.has(id) || this.#older.has(id)) return;
    const { maxEntries, maxBytes } = this.#limits;
    const isPlain = outcome.status === 'completed' && outcome.reply === undefined;
    const ended = (isPlain ? responseJson(outcome) : undefined) ?? outcome;
    const bytes = sizeOf(ended);
    if (this.#newer.size + 1 > maxEntries / 2 || this.#newerBytes + bytes > maxBytes / 2) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerBytes = 0;
    }
    this.#newer.set(id, ended);
    this.#newerBytes += bytes;
  }

  forget(id: string): void {
    this.#running.delete(id);
  }

  running(): Iterable<string> {
    return this.#running;
  }

  /** The oldest first. */
  *ended(): Iterable<[id: string, outcome: Outcome]> {
    for (const half of [this.#older, this.#newer]) for (const [id, ended] of half) yield [id, outcomeOf(ended)];
  }
}

function outcomeOf(ended: Ended): Outcome {
  return typeof ended === 'string' ? new JsonOutcome(ended, undefined) : ended;
}

/** In bytes, about: what is beyond ASCII takes more, and no limit depends on it. */
function sizeOf(ended: Ended): number {
  if (typeof ended === 'string') return ended.length;
  const { reply, error_message: message = '' } = ended;
  return message.length + (responseJson(ended)?.length ?? 0) + (reply === undefined ? 0 : JSON.stringify(reply).length);
}
