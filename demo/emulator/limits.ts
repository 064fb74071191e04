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
/** A bot's call is waited out for so long in all (`total_timeout_limit` in tdlib/td, NetQueryCreator.cpp). */
const patienceMs = 8000;

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

  spend(count: number): void {
    this.#tokens -= count;
  }
}

/**
 * Telegram's limits for messages and edits, which share them: 30/s in all, 1/s per chat with a short burst, 20/min per
 * group. Each wait is of a chat, or of the whole bot; only one that lasts is told to the caller.
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

  /**
   * Lets a message to this chat, or an edit in it, go, and counts it. The server itself waits out a flood that ends soon.
   * @param hold keeps the call for so many milliseconds
   * @returns for how many milliseconds it was kept in all
   * @throws {Refusal} 429 where the flood lasts longer
   */
  async pass(chatId: number, hold: (ms: number) => Promise<void>): Promise<number> {
    for (let heldMs = 0; ; ) {
      const nowMs = this.#clock.elapsed();
      const seconds = Math.ceil((this.#overall.ask(nowMs) || this.#chat(chatId).ask(nowMs)) / 1000);
      if (seconds === 0) {
        this.#spend(chatId, 1);
        return heldMs;
      }
      heldMs += seconds * 1000;
      if (heldMs > patienceMs) throw tooManyRequests(seconds);
      await hold(seconds * 1000);
    }
  }

  /** What passed and was refused for another reason costs nothing. */
  giveBack(chatId: number): void {
    this.#spend(chatId, -1);
  }

  #spend(chatId: number, count: number): void {
    this.#overall.spend(count);
    this.#chat(chatId).spend(count);
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
