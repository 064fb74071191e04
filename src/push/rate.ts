/**
 * How often something may happen: one every `intervalMs` on average, `burst` at once after a rest. (The generic cell
 * rate algorithm: all it remembers is one point in time.)
 */
export interface Rate {
  intervalMs: number;
  burst: number;
}

/**
 * Telegram's limits for bots (core.telegram.org/bots/faq): 30 a second in all, 1 a second per chat, 20 a minute per
 * group. The second in all only makes up for timers that come late.
 */
export const OVERALL: Rate = { intervalMs: 1_000 / 30, burst: 2 };
export const PER_CHAT: Rate = { intervalMs: 1_000, burst: 5 };
export const PER_GROUP: Rate = { intervalMs: 3_000, burst: 1 };

/** The rate of one chat; groups have negative ids. */
export function chatRate(chatId: number): Rate {
  return chatId < 0 ? PER_GROUP : PER_CHAT;
}

/** When the next may happen, for one thing that is limited. */
export class Pace {
  readonly #rate: Rate;
  /** When it would be fully rested again. */
  #restedAt = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** The earliest time for the next one. */
  readyAt(): number {
    return this.#restedAt - this.#rate.intervalMs * (this.#rate.burst - 1);
  }

  taken(now: number): void {
    this.#restedAt = Math.max(this.#restedAt, now) + this.#rate.intervalMs;
  }

  /** Whether it can be forgotten: nothing of it is left to remember. */
  rested(now: number): boolean {
    return this.#restedAt <= now;
  }
}
