import type { EmulatorClock } from './clock.ts';
import { tooManyRequests } from './refusal.ts';

interface Rate {
  perSecond: number;
  burst: number;
}

const overall: Rate = { perSecond: 30, burst: 30 };
/** One a second; that short bursts pass is reported, how long ones is not. */
const perChat: Rate = { perSecond: 1, burst: 6 };
/** 20 a minute. */
const perGroup: Rate = { perSecond: 20 / 60, burst: 20 };
const unlimited: Rate = { perSecond: 0, burst: Number.POSITIVE_INFINITY };

/** Asking while it was told to wait makes the wait longer by so much. */
const prolongedByMs = 1000;

/** What is allowed of one thing, and for how long it was told to wait. */
class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;
  #waitUntilMs = 0;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  wait(untilMs: number): void {
    this.#waitUntilMs = Math.max(this.#waitUntilMs, untilMs);
  }

  /** @returns for how many milliseconds it has to wait, 0 where it need not */
  ask(nowMs: number): number {
    if (this.#waitUntilMs > nowMs) {
      this.#waitUntilMs += prolongedByMs;
      return this.#waitUntilMs - nowMs;
    }
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#atMs) / 1000) * perSecond);
    this.#atMs = nowMs;
    if (this.#tokens >= 1) return 0;
    const waitMs = Math.ceil((1 - this.#tokens) / perSecond) * 1000;
    this.#waitUntilMs = nowMs + waitMs;
    return waitMs;
  }

  spend(): void {
    this.#tokens -= 1;
  }
}

/**
 * Telegram's limits for messages and edits, which share them: 30/s in all, 1/s per chat with a short burst, 20/min per
 * group. Each wait is of a chat, or of the whole bot.
 */
export class SendLimits {
  readonly #clock: Pick<EmulatorClock, 'elapsed'>;
  readonly #paces: boolean;
  readonly #overall: Bucket;
  readonly #chats = new Map<number, Bucket>();

  /** @param paces false: only waits that were asked for hold */
  constructor(clock: Pick<EmulatorClock, 'elapsed'>, paces: boolean) {
    this.#clock = clock;
    this.#paces = paces;
    this.#overall = new Bucket(paces ? overall : unlimited, clock.elapsed());
  }

  /** Has a chat, or the whole bot where `chatId` is undefined, wait. */
  wait(chatId: number | undefined, seconds: number): void {
    const bucket = chatId === undefined ? this.#overall : this.#chat(chatId);
    bucket.wait(this.#clock.elapsed() + seconds * 1000);
  }

  /** @throws {Refusal} 429 where a message to this chat, or an edit in it, comes too early */
  ask(chatId: number): void {
    const nowMs = this.#clock.elapsed();
    const waitMs = this.#overall.ask(nowMs) || this.#chat(chatId).ask(nowMs);
    if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1000));
  }

  /** Counts one that was taken: what is refused for another reason costs nothing. */
  spend(chatId: number): void {
    this.#overall.spend();
    this.#chat(chatId).spend();
  }

  #chat(chatId: number): Bucket {
    const known = this.#chats.get(chatId);
    if (known !== undefined) return known;
    const rate = this.#paces ? (chatId < 0 ? perGroup : perChat) : unlimited;
    const bucket = new Bucket(rate, this.#clock.elapsed());
    this.#chats.set(chatId, bucket);
    return bucket;
  }
}
