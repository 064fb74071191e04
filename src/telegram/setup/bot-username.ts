import type { Api, RawApi } from 'grammy';
import { type Clock, pause } from '../../clock.ts';

/** A caller waits this long for Telegram; a later answer serves the next caller. */
const PATIENCE_MS = 1_500;
/** A Telegram that does not answer is not asked more often. */
const ASK_INTERVAL_MS = 30_000;

/** The bot's name, asked of Telegram at the first call, and kept: a bot keeps its name. */
export function botUsername(api: Api<RawApi>, clock: Clock): () => Promise<string | undefined> {
  let known: string | undefined;
  let askedAt: number | undefined;
  let asking: Promise<void> | undefined;

  const ask = async () => {
    askedAt = clock.elapsed();
    try {
      known = (await api.getMe()).username;
    } catch {
      // The caller sees that the name is not known; `webhook` says what is wrong with Telegram.
    }
    asking = undefined;
  };

  return async () => {
    if (known !== undefined) return known;
    if (askedAt === undefined || clock.elapsed() - askedAt >= ASK_INTERVAL_MS) asking ??= ask();
    if (asking === undefined) return undefined;
    const patience = new AbortController();
    await Promise.race([asking, pause(clock, PATIENCE_MS, patience.signal)]);
    patience.abort();
    return known;
  };
}
