import type { Sink } from './sink.ts';

/** How long a socket's TPV may say nothing about an instruction (design/reliability.md). */
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
export class Outlet {
  readonly sink: Sink;
  /** Handed out and not yet reported on, the oldest first. */
  readonly inFlight = new Map<string, InFlight>();
  /** Rows may be pending; new ones must queue behind them. */
  backlog = true;
  pumping = false;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  get room(): number {
    return this.sink.congested ? 0 : Math.max(0, this.sink.maxInFlight - this.inFlight.size);
  }

  sent(id: string, attempt: number, now: number, maxAttempts: number): void {
    this.inFlight.set(id, { attempt, dueAt: now + silenceAllowedMs(attempt, maxAttempts) });
  }

  /** What was not reported on in time. */
  *silent(now: number): Generator<{ id: string; attempt: number }> {
    for (const [id, { attempt, dueAt }] of this.inFlight) if (dueAt <= now) yield { id, attempt };
  }
}
