import { LARGEST_MAX_IN_FLIGHT } from '#protocol';

/** How fast a TPV's frames and their bytes are read on average, and how many at once after a rest (S28). */
const FRAMES_PER_SECOND = 500;
const FRAMES_AT_ONCE = 5 * FRAMES_PER_SECOND;
const BYTES_PER_SECOND = 1024 * 1024;
const BYTES_AT_ONCE = 5 * BYTES_PER_SECOND;
/** What an instruction may be answered with: each one handed out allows for these frames on top. */
const REPORTS_PER_INSTRUCTION = 3;
const MOST_REPORTS = REPORTS_PER_INSTRUCTION * LARGEST_MAX_IN_FLIGHT;
/** So many seconds in a row in which reading had to stop end the socket (docs/websocket.md, 4002). */
const MAX_STOPPED_SECONDS = 5;
/** Reading stops for this long at least, and at most, before it is looked at again. */
const LEAST_STOP_MS = 50;
const MOST_STOP_MS = 1_000;

/** How much of what a TPV sends is read now: two token buckets, and what it was given to answer. */
export class ReadingAllowance {
  #frames = FRAMES_AT_ONCE;
  #bytes = BYTES_AT_ONCE;
  #reports = 0;
  #at: number;
  #stopped = false;
  #stoppedSeconds = 0;

  constructor(now: number) {
    this.#at = now;
  }

  handedOut(): void {
    this.#reports = Math.min(this.#reports + REPORTS_PER_INSTRUCTION, MOST_REPORTS);
  }

  /** A frame came; pings and pongs are frames too. */
  came(bytes: number): void {
    if (this.#reports > 0) this.#reports--;
    else this.#frames--;
    this.#bytes -= bytes;
  }

  /** For how many milliseconds nothing more is to be read; 0: read on. */
  stopMs(now: number): number {
    const elapsed = Math.max(0, now - this.#at) / 1_000;
    this.#at = now;
    this.#frames = Math.min(FRAMES_AT_ONCE, this.#frames + elapsed * FRAMES_PER_SECOND);
    this.#bytes = Math.min(BYTES_AT_ONCE, this.#bytes + elapsed * BYTES_PER_SECOND);
    const missing = Math.max(-this.#frames / FRAMES_PER_SECOND, -this.#bytes / BYTES_PER_SECOND);
    if (missing <= 0) return 0;
    this.#stopped = true;
    return Math.min(Math.max(missing * 1_000, LEAST_STOP_MS), MOST_STOP_MS);
  }

  /** Ends a second. @returns whether reading had to stop in too many seconds in a row */
  nextSecond(): boolean {
    this.#stoppedSeconds = this.#stopped ? this.#stoppedSeconds + 1 : 0;
    this.#stopped = false;
    return this.#stoppedSeconds >= MAX_STOPPED_SECONDS;
  }
}
