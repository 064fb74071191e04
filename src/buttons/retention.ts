import type { Database } from '../db/open.ts';
import { deleteExpiredButtons, deleteOldPresses } from './store.ts';

/** An expired button is remembered this much longer, so that an older TPV's message can still say that it expired. */
const KEPT_AFTER_EXPIRY_MS = 7 * 86_400_000;
/** Telegram itself forgets a press after minutes; a day is for whoever looks into a complaint. */
const PRESS_KEPT_MS = 86_400_000;

/** Deletes buttons and presses that nobody can use any more. */
export async function expireButtons(db: Database, now: number): Promise<void> {
  await db.transact(async (tx) => {
    await tx.run(deleteExpiredButtons, { before: now - KEPT_AFTER_EXPIRY_MS });
    await tx.run(deleteOldPresses, { before: now - PRESS_KEPT_MS });
  });
}
