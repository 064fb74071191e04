import { tooManyRequests } from './refusal.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

const overall = { perSecond: 30, burst: 30 } as const;
const perChat = { perSecond: 1, burst: 3 } as const;

/** Telegram's real limits for messages: 30/s in all, 1/s per chat with a short burst. */
export class SendLimits {
  readonly #overall: Bucket = { tokens: overall.burst, atMs: performance.now() };
  readonly #chats = new Map<number, Bucket>();

  /** @throws {Refusal} 429 where a message to this chat would come too early */
  spend(chatId: number): void {
    const nowMs = performance.now();
    const chat = this.#chats.get(chatId) ?? { tokens: perChat.burst, atMs: nowMs };
    this.#chats.set(chatId, chat);
    refill(this.#overall, overall, nowMs);
    refill(chat, perChat, nowMs);
    const waitSeconds = Math.max(secondsUntilOne(this.#overall, overall), secondsUntilOne(chat, perChat));
    if (waitSeconds > 0) throw tooManyRequests(Math.ceil(waitSeconds));
    this.#overall.tokens -= 1;
    chat.tokens -= 1;
  }
}

function refill(bucket: Bucket, rate: { perSecond: number; burst: number }, nowMs: number): void {
  bucket.tokens = Math.min(rate.burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * rate.perSecond);
  bucket.atMs = nowMs;
}

function secondsUntilOne({ tokens }: Bucket, { perSecond }: { perSecond: number }): number {
  return tokens >= 1 ? 0 : (1 - tokens) / perSecond;
}
