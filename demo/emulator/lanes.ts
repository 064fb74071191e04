import type { EmulatorClock } from './clock.ts';

/** What is known of one loaded lane. */
interface Lane {
  /** How often its first update was refused. */
  attempts: number;
  /** Ends its pause; undefined: it has none. */
  wake: (() => void) | undefined;
}

/** The lanes of one webhook: so many are loaded, the others stand in line; some pause after a refusal. */
export class Lanes {
  readonly #clock: Pick<EmulatorClock, 'after'>;
  readonly #most: number;
  readonly #onReady: () => void;
  readonly #loaded = new Map<string, Lane>();
  readonly #inLine = new Set<string>();

  /** @param onReady called when a pause ended */
  constructor(clock: Pick<EmulatorClock, 'after'>, most: number, onReady: () => void) {
    this.#clock = clock;
    this.#most = most;
    this.#onReady = onReady;
  }

  add(lane: string): void {
    if (this.#loaded.has(lane)) return;
    this.#inLine.add(lane);
    this.#load();
  }

  /** Nothing waits in this lane any more. */
  remove(lane: string): void {
    this.#loaded.get(lane)?.wake?.();
    this.#loaded.delete(lane);
    this.#load();
  }

  attempts(lane: string): number {
    return this.#loaded.get(lane)?.attempts ?? 0;
  }

  /** Its first update is done with; it goes behind the others, which have waited longer. */
  taken(lane: string): void {
    if (!this.#loaded.delete(lane)) return;
    this.#loaded.set(lane, { attempts: 0, wake: undefined });
  }

  /** Its first update was refused, and is sent again after this. */
  hold(lane: string, ms: number): void {
    const known = this.#loaded.get(lane);
    if (known === undefined) return;
    known.attempts += 1;
    if (ms === 0) return;
    known.wake = this.#clock.after(ms, () => {
      known.wake = undefined;
      this.#onReady();
    });
  }

  /** Those that are loaded and do not pause, the longest waiting first; also those that are loaded meanwhile. */
  *ready(): Generator<string> {
    for (const [lane, { wake }] of this.#loaded) if (wake === undefined) yield lane;
  }

  close(): void {
    for (const { wake } of this.#loaded.values()) wake?.();
    this.#loaded.clear();
    this.#inLine.clear();
  }

  #load(): void {
    for (const lane of this.#inLine) {
      if (this.#loaded.size >= this.#most) return;
      this.#inLine.delete(lane);
      this.#loaded.set(lane, { attempts: 0, wake: undefined });
    }
  }
}
