import { FINAL_STATUSES, isFinal } from '#protocol';
import { type Database, HOUSEKEEPING } from '../db/open.ts';

/** Rows deleted in one commit; small, so that deleting a year of rows never holds up an update. */
const PAGE = 200;

/**
 * Deletes final instructions and their updates, and updates that became none, once they are older than the cutoff.
 * Rows are looked at in the order in which they came, going on after the last call's, so that no index is needed.
 */
export function retention(db: Database): (cutoff: number) => Promise<number> {
  let instructionCursor = 0;
  let updateCursor = 0;

  const instructions = async (cutoff: number): Promise<number> => {
    const page = await db.read
      .selectFrom('instructions')
      .select(['seq', 'id', 'update_id', 'status', 'completed_at', 'created_at'])
      .where('seq', '>', instructionCursor)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const old = page.filter((row) => row.created_at < cutoff);
    instructionCursor = old.length < PAGE ? 0 : (old.at(-1)?.seq ?? 0);
    const ended = old.filter((row) => isFinal(row.status) && row.completed_at !== null && row.completed_at < cutoff);
    if (ended.length === 0) return 0;
    const updates = ended.flatMap((row) => (row.update_id === null ? [] : [row.update_id]));
    await db.transact(async (tx) => {
      await tx.kysely
        .deleteFrom('instructions')
        .where(
          'seq',
          'in',
          ended.map((row) => row.seq),
        )
        .where('status', 'in', FINAL_STATUSES)
        .execute();
      await tx.kysely
        .deleteFrom('instruction_files')
        .where(
          'instruction_id',
          'in',
          ended.map((row) => row.id),
        )
        .execute();
      if (updates.length > 0) {
        await tx.kysely.deleteFrom('telegram_updates').where('update_id', 'in', updates).execute();
      }
    }, HOUSEKEEPING);
    return ended.length;
  };

  const updates = async (cutoff: number): Promise<number> => {
    const page = await db.read
      .selectFrom('telegram_updates')
      .select(['seq', 'outcome', 'received_at'])
      .where('seq', '>', updateCursor)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const old = page.filter((row) => row.received_at < cutoff);
    updateCursor = old.length < PAGE ? 0 : (old.at(-1)?.seq ?? 0);
    const alone = old.filter((row) => row.outcome !== 'instruction').map((row) => row.seq);
    if (alone.length === 0) return 0;
    await db.transact(async (tx) => {
      await tx.kysely.deleteFrom('telegram_updates').where('seq', 'in', alone).execute();
    }, HOUSEKEEPING);
    return alone.length;
  };

  return async (cutoff) => (await instructions(cutoff)) + (await updates(cutoff));
}
