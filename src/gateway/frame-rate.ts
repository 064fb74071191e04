/** Frames a second that are too many, when it lasts (docs/websocket.md, 4002). */
const MAX_FRAMES_PER_SECOND = 500;
const MAX_BUSY_SECONDS = 5;
/** What an instruction may be answered with: each one handed out allows for these on top. */
const REPORTS_PER_INSTRUCTION = 3;

/** How fast a TPV sends: one that only answers what it was given is never too fast. */
export class FrameRate {
  #frames = 0;
  #allowance = 0;
  #busySeconds = 0;

  /** A frame came, pings and pongs included. */
  came(): void {
    this.#frames++;
  }

  handedOut(): void {
    this.#allowance += REPORTS_PER_INSTRUCTION;
  }

  /** Ends a second. @returns whether it has been too fast for too long */
  nextSecond(): boolean {
    this.#busySeconds = this.#frames - this.#allowance > MAX_FRAMES_PER_SECOND ? this.#busySeconds + 1 : 0;
    this.#frames = 0;
    this.#allowance = 0;
    return this.#busySeconds >= MAX_BUSY_SECONDS;
  }
}
