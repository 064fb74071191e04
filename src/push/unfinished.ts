import { sql } from 'kysely';
import { nextTurn } from '../clock.ts';
import { BULK, type Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import type { Tx } from '../db/tx.ts';
import { WRITTEN } from '../wording/written.ts';
import type { PushRow } from './message.ts';
import { MAX_SENT_AGAIN } from './settlement.ts';

/** Rows read at once: many may wait after an outage of Telegram's, and a hub that starts does more than this. */
const PAGE = 2_000;

type WaitingMessage = Pick<PushRow, 'chat_id' | 'seq' | 'tpv_id' | 'status' | 'sender_term'>;

/** Messages that wait, in the order of the index that has no others. */
const waitingPage = statement<{ chatId: number; seq: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .select(['chat_id', 'seq', 'tpv_id', 'status', 'sender_term'])
    .where('not_before', 'is not', null)
    .where(sql<boolean>`(chat_id, seq) > (${p('chatId')}, ${p('seq')})`)
    .orderBy('chat_id')
    .orderBy('seq')
    .limit(PAGE),
);

/**
 * Settles what was on its way when the process before this one ended: what is to come at least once waits again,
 * and of everything else it is unknown whether it arrived. No message may leave meanwhile, but in a later term.
 * @param before where hubs lead one after the other: what left in this term, or a later one, is under way
 * @returns the chats in which it was
 */
export async function settleInterrupted(
  db: Pick<Database, 'query' | 'transact'>,
  before = Number.MAX_SAFE_INTEGER,
): Promise<number[]> {
  const chats = new Set<number>();
  for await (const page of waitingPages(db)) {
    const interrupted = page.filter((row) => row.status === 'sending' && (row.sender_term ?? 0) < before);
    if (interrupted.length === 0) continue;
    const seqs = interrupted.map(({ seq }) => seq);
    await db.transact((tx) => settle(tx.kysely, seqs, before), BULK);
    for (const row of interrupted) chats.add(row.chat_id);
  }
  return [...chats];
}

async function settle(db: Tx['kysely'], seqs: number[], before: number): Promise<void> {
  const interrupted = db
    .updateTable('push_messages')
    .set({ error_message: WRITTEN.interrupted.es })
    .where('seq', 'in', seqs)
    .where('status', '=', 'sending')
    .where((eb) => eb.or([eb('sender_term', 'is', null), eb('sender_term', '<', before)]));
  await interrupted
    .set((eb) => ({ status: 'pending', sent_again: eb('sent_again', '+', 1) }))
    .where('if_unknown', '=', 'resend')
    .where('sent_again', '<', MAX_SENT_AGAIN)
    .where('telegram_message_id', 'is', null)
    .execute();
  await interrupted.set({ status: 'unknown', not_before: null }).execute();
}

/** Chats in which messages wait, each with the first of these; the one that waits longest comes first. */
export async function waitingChats(db: Pick<Database, 'query'>): Promise<WaitingMessage[]> {
  const firsts: WaitingMessage[] = [];
  for await (const page of waitingPages(db)) {
    for (const row of page) if (row.chat_id !== firsts.at(-1)?.chat_id) firsts.push(row);
  }
  return firsts.sort((a, b) => a.seq - b.seq);
}

/** All messages that wait, a bounded number in each statement; other work runs in between. */
async function* waitingPages(db: Pick<Database, 'query'>): AsyncGenerator<WaitingMessage[]> {
  for (let after = { chatId: Number.MIN_SAFE_INTEGER, seq: 0 }; ; await nextTurn()) {
    const page = await db.query(waitingPage, after);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { chatId: last.chat_id, seq: last.seq };
  }
}
