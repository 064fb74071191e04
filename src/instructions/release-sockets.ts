import { sql } from 'kysely';
import { HELD_STATUSES } from '#protocol';
import { nextTurn } from '../clock.ts';
import { BULK, type Database } from '../db/open.ts';
import { POLL_HOLDER } from './instruction.ts';
import { backToPending } from './instruction-store.ts';

/** Open instructions looked at in one query, and given back in one commit. */
const PAGE = 1_000;

/** Returns to pending what sockets held when the process before this one ended. */
export async function releaseSockets(db: Pick<Database, 'read' | 'transact'>): Promise<void> {
  // By the index that final rows have left. What was given back is due at its expiry, and is met once more, as pending.
  for (let after: [dueAt: number, seq: number] = [Number.MIN_SAFE_INTEGER, 0]; ; await nextTurn()) {
    const page = await db.read
      .selectFrom('instructions')
      .select(['seq', 'due_at', 'status', 'holder'])
      .where('due_at', 'is not', null)
      .where(sql<boolean>`(due_at, seq) > (${after[0]}, ${after[1]})`)
      .orderBy('due_at')
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    const held = page.filter(({ holder }) => holder !== null && holder !== POLL_HOLDER).map(({ seq }) => seq);
    if (held.length > 0) {
      await db.transact(async (tx) => {
        await tx.kysely
          .updateTable('instructions')
          .set(backToPending)
          .where('seq', 'in', held)
          .where('status', 'in', HELD_STATUSES)
          .execute();
      }, BULK);
    }
    const last = page.at(-1);
    if (last?.due_at == null || page.length < PAGE) return;
    after = [last.due_at, last.seq];
  }
}
