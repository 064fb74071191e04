import { type ExpressionBuilder, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { type Parameters, statement } from '../db/statement.ts';
import { type Settled, settling } from './push-store.ts';

// Where several hubs share a PostgreSQL, one of them sends at a time: it has the lease `telegram`, whose term grows with
// each change. A hub that stood still and goes on, in a term that is over, changes nothing here. PostgreSQL alone runs these.

/**
 * As `markSending`, by the hub that leads. Not while an earlier message of the chat may still be on its way, as a hub
 * that led before has sent it.
 */
export const markSendingFenced = statement<{ id: string; hubId: string; term: number }>()((db, p) =>
  db
    // Another hub that takes the lease over waits for this transaction, and then sees the message on its way.
    .with(
      (cte) => cte('leading').materialized(),
      (q) =>
        q
          .selectFrom('leases')
          .select('leases.name')
          .where('leases.name', '=', 'telegram')
          .where('leases.hub_id', '=', p('hubId'))
          .where('leases.term', '=', p('term'))
          .forShare(),
    )
    .updateTable('push_messages')
    .set((eb) => ({ status: 'sending', attempts: eb('attempts', '+', 1), sender_term: p('term') }))
    .where('id', '=', p('id'))
    .where('status', '=', 'pending')
    .where(({ exists, selectFrom }) => exists(selectFrom('leading').select('leading.name')))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('push_messages as earlier')
            .select('earlier.id')
            .whereRef('earlier.chat_id', '=', 'push_messages.chat_id')
            .whereRef('earlier.seq', '<', 'push_messages.seq')
            .where('earlier.not_before', 'is not', null)
            .where('earlier.status', '=', 'sending'),
        ),
      ),
    )
    .returningAll(),
);

/** As `settlePush`; that Telegram has it is always written, also when it is known late. */
export const settleFenced = statement<Settled & { term: number | null }>()((db, p) =>
  settling(db, p).where((eb) => eb.or([eb(eb.cast<string>(p('status'), 'text'), '=', 'sent'), ofThisTerm(eb, p)])),
);

/** As `postponePush`. */
export const postponeFenced = statement<{ id: string; notBefore: number; error: string; term: number | null }>()(
  (db, p) =>
    db
      .updateTable('push_messages')
      .set({ status: 'pending', not_before: p('notBefore'), error_message: p('error') })
      .where('id', '=', p('id'))
      .where((eb) => ofThisTerm(eb, p)),
);

/** As `sendAgain`. */
export const sendAgainFenced = statement<{ id: string; notBefore: number; error: string; term: number | null }>()(
  (db, p) =>
    db
      .updateTable('push_messages')
      .set((eb) => ({
        status: 'pending',
        not_before: p('notBefore'),
        error_message: p('error'),
        sent_again: eb('sent_again', '+', 1),
      }))
      .where('id', '=', p('id'))
      .where('telegram_message_id', 'is', null)
      .where((eb) => ofThisTerm(eb, p))
      .returning('id'),
);

/** It waits, or left in this term: no later leader has decided on it. */
function ofThisTerm(eb: ExpressionBuilder<Schema, 'push_messages'>, p: Parameters<{ term: number | null }>) {
  return eb.or([
    eb('status', '=', 'pending'),
    eb.and([eb('status', '=', 'sending'), eb('sender_term', '=', sql<number>`${p('term')}::bigint`)]),
  ]);
}
