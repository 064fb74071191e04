import type { Sink } from './sink.ts';

/** How long a socket's TPV may say nothing about an instruction (docs/reliability.md). */
export const FIRST_REPORT_MS = 30_000;
/** Waits between one attempt and the next on the same socket, after `FIRST_REPORT_MS`. */
const AGAIN_AFTER_MS = [10_000, 20_000, 40_000, 80_000];

/**
 * When a silent socket gets the instruction again, from its last attempt on: 40 s after the first, then 20, 40 and
 * 80 s; after the last attempt it has `FIRST_REPORT_MS` more.
 * @param attempt 1 for the first
 */
export function silenceAllowedMs(attempt: number, maxAttempts: number): number {
  if (attempt >= maxAttempts) return FIRST_REPORT_MS;
  const wait = AGAIN_AFTER_MS[Math.min(attempt, AGAIN_AFTER_MS.length) - 1] ?? 0;
  return attempt === 1 ? FIRST_REPORT_MS + wait : wait;
}

interface InFlight {
  attempt: number;
  dueAt: number;
}

/** One connected TPV: what is out on its socket, and whether rows wait that must go first. */
export class SocketWindow {
  readonly sink: Sink;
  /** Rows may be pending; new ones must queue behind them. */
  backlog = true;
  pumping = false;
  /** Handed out and not yet reported on, the oldest first. */
  readonly #inFlight = new Map<string, InFlight>();
  /** Handed out while the socket had too much to be read already: JSON by id, in order. */
  readonly #unsent = new Map<string, string>();

  constructor(sink: Sink) {
    this.sink = sink;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get room(): number {
    return this.sink.congested ? 0 : Math.max(0, this.sink.maxInFlight - this.#inFlight.size);
  }

  /** Takes a place in the window; `deliver` follows once it is committed. */
  handOut(id: string, attempt: number, now: number, maxAttempts: number): void {
    this.#inFlight.set(id, { attempt, dueAt: now + silenceAllowedMs(attempt, maxAttempts) });
  }

  /** Sends it now, or as soon as the socket was read: a whole window at once could fill the socket's buffer. */
  deliver(id: string, instruction: string): void {
    this.#unsent.set(id, instruction);
    this.flush();
  }

  flush(): void {
    for (const [id, instruction] of this.#unsent) {
      if (this.sink.congested) return;
      this.#unsent.delete(id);
      this.sink.deliver(instruction);
    }
  }

  /**
   * Gives its place back: it was reported on, or taken away.
   * @returns false where it had none
   */
  settled(id: string): boolean {
    this.#unsent.delete(id);
    return this.#inFlight.delete(id);
  }

  /** When an instruction goes out again, or is given up, where its TPV says nothing; undefined where it is not out. */
  dueAt(id: string): number | undefined {
    return this.#inFlight.get(id)?.dueAt;
  }

  /** What was not reported on in time. */
  silent(now: number): { id: string; attempt: number }[] {
    const silent: { id: string; attempt: number }[] = [];
    for (const [id, { attempt, dueAt }] of this.#inFlight) if (dueAt <= now) silent.push({ id, attempt });
    return silent;
  }
}
