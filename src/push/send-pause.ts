import type { Clock } from '../clock.ts';
import { backoff } from './verdict.ts';

/** Two chats that are limited within this long mean that the whole bot is. */
const SHARED_LIMIT_MS = 2_000;
/** No pause is longer than the time after which a message is given up. */
const LONGEST_MS = 7 * 24 * 3_600_000;

/** What keeps every chat waiting: Telegram's limit for the whole bot, an outage, a database that fails. */
export class SendPause {
  readonly #clock: Pick<Clock, 'now'>;
  #until = 0;
  #outages = 0;
  #limited: { chatId: number; at: number } | undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Nothing may leave before. */
  get until(): number {
    return this.#until;
  }

  hold(ms: number): void {
    this.#until = Math.max(this.#until, this.#clock.now() + Math.min(ms, LONGEST_MS));
  }

  /** Telegram told a chat to wait; if it told another one so just now, all chats wait. */
  limited(chatId: number, ms: number): void {
    const before = this.#limited;
    const at = this.#clock.now();
    this.#limited = { chatId, at };
    if (before !== undefined && before.chatId !== chatId && at - before.at < SHARED_LIMIT_MS) this.hold(ms);
  }

  /**
   * Nothing got through. What was under way together fails together, and counts once.
   * @returns how long all of them wait
   */
  outage(): number {
    if (this.#clock.now() >= this.#until) this.#outages++;
    const ms = backoff(this.#outages);
    this.hold(ms);
    return ms;
  }

  /** Telegram answered. */
  reached(): void {
    this.#outages = 0;
  }
}
