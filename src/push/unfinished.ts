import { sql } from 'kysely';
import { nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { WRITTEN } from '../wording/written.ts';
import type { PushRow } from './message.ts';
import { MAX_SENT_AGAIN } from './settlement.ts';

/** Rows read at once: many may wait after an outage of Telegram's, and a hub that starts does more than this. */
const PAGE = 2_000;

type WaitingMessage = Pick<PushRow, 'chat_id' | 'seq' | 'tpv_id'>;

/** Messages that wait, in the order of the index that has no others. */
const waitingPage = statement<{ chatId: number; seq: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .select(['chat_id', 'seq', 'tpv_id'])
    .where('not_before', 'is not', null)
    .where(sql<boolean>`(chat_id, seq) > (${p('chatId')}, ${p('seq')})`)
    .orderBy('chat_id')
    .orderBy('seq')
    .limit(PAGE),
);

/** What was on its way when the process before this one ended, and is to come at least once. */
const interruptedAgain = statement<{ error: string; most: number }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set((eb) => ({ status: 'pending', error_message: p('error'), sent_again: eb('sent_again', '+', 1) }))
    .where('not_before', 'is not', null)
    .where('status', '=', 'sending')
    .where('if_unknown', '=', 'resend')
    .where('sent_again', '<', p('most'))
    .where('telegram_message_id', 'is', null),
);

/** What was on its way when the process before this one ended: whether it arrived is unknown. */
const interruptedToUnknown = statement<{ error: string }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ status: 'unknown', not_before: null, error_message: p('error') })
    .where('not_before', 'is not', null)
    .where('status', '=', 'sending')
    .returning('id'),
);

/** Settles what the last process left half-way. */
export function settleInterrupted(db: Database): Promise<void> {
  return db.transact(async (tx) => {
    await tx.run(interruptedAgain, { error: WRITTEN.interrupted.es, most: MAX_SENT_AGAIN });
    await tx.run(interruptedToUnknown, { error: WRITTEN.interrupted.es });
  });
}

/** Chats in which messages wait, each with the first of these; the one that waits longest comes first. */
export async function waitingChats(db: Pick<Database, 'query'>): Promise<WaitingMessage[]> {
  const firsts: WaitingMessage[] = [];
  for (let after = { chatId: Number.MIN_SAFE_INTEGER, seq: 0 }; ; await nextTurn()) {
    const page = await db.query(waitingPage, after);
    for (const row of page) if (row.chat_id !== firsts.at(-1)?.chat_id) firsts.push(row);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return firsts.sort((a, b) => a.seq - b.seq);
    after = { chatId: last.chat_id, seq: last.seq };
  }
}
