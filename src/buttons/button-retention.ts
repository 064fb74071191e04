import type { Database } from '../db/open.ts';
import { expiredButtons, oldPresses } from './button-store.ts';

/** An expired button is remembered this much longer, so that an older TPV's message can still say that it expired. */
export const KEPT_AFTER_EXPIRY_MS = 7 * 86_400_000;
/** Telegram itself forgets a press after minutes; a day helps to look into a complaint. */
const PRESS_KEPT_MS = 86_400_000;
/** Rows deleted in one commit; small, so that no update waits for a year of them. */
const PAGE = 200;

/** Deletes buttons and presses that are of no use any more, a page a call. */
export async function expireButtons(db: Database, now: number): Promise<void> {
  const buttons = await db.query(expiredButtons, { before: now - KEPT_AFTER_EXPIRY_MS, limit: PAGE });
  const presses = await db.query(oldPresses, { before: now - PRESS_KEPT_MS, limit: PAGE });
  if (buttons.length + presses.length === 0) return;
  const tokens = buttons.map(({ token }) => token);
  const queryIds = presses.map(({ query_id }) => query_id);
  await db.transact(async (tx) => {
    if (tokens.length > 0) await tx.kysely.deleteFrom('buttons').where('token', 'in', tokens).execute();
    if (queryIds.length > 0) await tx.kysely.deleteFrom('presses').where('query_id', 'in', queryIds).execute();
  });
}
