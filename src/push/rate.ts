import type { Rate } from '../pace.ts';

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
