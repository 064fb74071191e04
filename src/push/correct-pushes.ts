import { sql } from 'kysely';
import { type Correction, nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { waitingChats } from './unfinished.ts';

/** Chats of one commit: other work gets its turn in between. */
const PAGE = 200;
/**
 * No try waits longer after the clock was corrected: Telegram seldom asks for more, and is only asked once more too
 * early.
 */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Puts the times of waiting messages and changes right after the clock was corrected: the next try stays as far off as
 * it was, and the week after which a message is given up does not shrink.
 */
export async function correctPushes(
  db: Pick<Database, 'query' | 'transact'>,
  { byMs, now }: Correction,
): Promise<void> {
  const aheadMs = Math.max(0, byMs);
  const times = (came: 'queued_at' | 'asked_at') => {
    const at = sql.ref(came);
    return {
      // What came by a clock that was ahead waits for nothing that is known.
      notBefore: sql<number>`(case
        when ${at} > ${now} then ${now}
        when not_before + ${byMs} < ${now + LONGEST_WAIT_MS} then not_before + ${byMs}
        else ${now + LONGEST_WAIT_MS} end)`,
      came: sql<number>`(case when ${at} + ${aheadMs} < ${now} then ${at} + ${aheadMs} else ${now} end)`,
    };
  };
  const { notBefore, came: queued } = times('queued_at');
  const chats = (await waitingChats(db)).map((row) => row.chat_id);
  for (let from = 0; from < chats.length; from += PAGE) {
    await db.transact(async (tx) => {
      for (const chat of chats.slice(from, from + PAGE)) {
        await tx.kysely
          .updateTable('push_messages')
          .set({ not_before: notBefore, queued_at: queued })
          .where('chat_id', '=', chat)
          .where('not_before', 'is not', null)
          .where(sql<boolean>`(not_before <> ${notBefore} or queued_at <> ${queued})`)
          .execute();
      }
    });
    await nextTurn();
  }
  const change = times('asked_at');
  await db.transact(async (tx) => {
    await tx.kysely.updateTable('push_changes').set({ not_before: change.notBefore, asked_at: change.came }).execute();
  });
}
