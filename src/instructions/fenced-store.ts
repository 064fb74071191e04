import { type Expression, type QueryCreator, sql } from 'kysely';
import type { InstructionStatus } from '#protocol';
import { MOVES } from '#protocol';
import type { Schema } from '../db/schema.ts';
import { type Parameters, statement } from '../db/statement.ts';
import { backToPending, endOfLease, type NewRow } from './instruction-store.ts';

// Where several hubs share a PostgreSQL, each statement that hands out over a socket proves that the socket still is the
// TPV's: it locks the socket's row against a newer socket, which comes either after it, and gives back what it handed
// out, or before, and then it finds no row. PostgreSQL alone runs these.

/** The socket's row while it is the TPV's, locked; else nothing. */
function ownSocket(q: QueryCreator<Schema>, p: Parameters<{ tpvId: string | null; holder: string | null }>) {
  return q
    .selectFrom('sockets')
    .select('session_id')
    .where('tpv_id', '=', p('tpvId'))
    .where('session_id', '=', p('holder'))
    .forKeyShare();
}

/** Writes a new row, handed out to the socket if it still is the TPV's and no older row waits; else pending. */
export const insertFenced = statement<NewRow>()((db, p) => {
  const value = <T>(name: Expression<T>) => sql<T>`${name}`;
  const ifOwn = <T>(given: Expression<T>, type: 'text' | 'bigint') =>
    sql<T | null>`case when own_turn.yes then ${given}::${sql.raw(type)} end`;
  return db
    .with(
      (cte) => cte('own').materialized(),
      (q) => ownSocket(q, p),
    )
    .with(
      (cte) => cte('own_turn').materialized(),
      (q) =>
        q.selectNoFrom(({ and, exists, not, selectFrom }) =>
          and([
            exists(selectFrom('own').select('own.session_id')),
            not(
              exists(
                selectFrom('instructions as older')
                  .select('older.seq')
                  .where('older.tpv_id', '=', p('tpvId'))
                  .where('older.status', '=', MOVES.hand_out.from[0])
                  .where('older.expires_at', '>', p('now')),
              ),
            ),
          ]).as('yes'),
        ),
    )
    .insertInto('instructions')
    .columns([
      'id',
      'update_id',
      'tpv_id',
      'telegram_user_id',
      'telegram_username',
      'command',
      'payload',
      'status',
      'priority',
      'created_at',
      'sent_at',
      'expires_at',
      'holder',
      'due_at',
    ])
    .expression((eb) =>
      eb
        .selectFrom('own_turn')
        .select([
          value(p('id')).as('id'),
          value(p('updateId')).as('update_id'),
          value(p('tpvId')).as('tpv_id'),
          value(p('userId')).as('telegram_user_id'),
          value(p('username')).as('telegram_username'),
          value(p('command')).as('command'),
          value(p('payload')).as('payload'),
          sql<InstructionStatus>`case when own_turn.yes then 'sent' else 'pending' end`.as('status'),
          value(p('priority')).as('priority'),
          value(p('now')).as('created_at'),
          ifOwn(p('now'), 'bigint').as('sent_at'),
          value(p('expiresAt')).as('expires_at'),
          ifOwn(p('holder'), 'text').as('holder'),
          value(p('expiresAt')).as('due_at'),
        ]),
    )
    .returning('status');
});

/** As `claimPending`, for a socket that still is the TPV's; for one that is not, nothing. */
export const claimFenced = statement<{
  tpvId: string;
  holder: string;
  now: number;
  leaseUntil: number;
  limit: number;
}>()((db, p) =>
  db
    .with(
      (cte) => cte('own').materialized(),
      (q) => ownSocket(q, p),
    )
    // Materialised, so that no plan reads it twice and locks more rows than its limit.
    .with(
      (cte) => cte('next').materialized(),
      (q) =>
        q
          .selectFrom('instructions as waiting')
          .select('waiting.seq')
          .where(({ exists, selectFrom }) => exists(selectFrom('own').select('own.session_id')))
          .where('waiting.tpv_id', '=', p('tpvId'))
          .where('waiting.status', '=', MOVES.hand_out.from[0])
          .where('waiting.expires_at', '>', p('now'))
          .orderBy('waiting.priority')
          .orderBy('waiting.seq')
          .limit(p('limit'))
          .forUpdate()
          .skipLocked(),
    )
    .updateTable('instructions')
    .set((eb) => ({
      status: MOVES.hand_out.to,
      holder: p('holder'),
      sent_at: p('now'),
      due_at: endOfLease(eb, p('leaseUntil')),
    }))
    .where('seq', 'in', (eb) => eb.selectFrom('next').select('next.seq'))
    .returningAll(),
);

/** Returns what lost sockets hold, `{"<session's id>": "<TPV's id>"}`, to pending. */
export const releaseLost = statement<{ lost: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .from(
      sql<{ session: string; tpv: string }>`(select key as session, value as tpv from json_each_text(${p('lost')}))`.as(
        'lost',
      ),
    )
    .set(backToPending)
    .whereRef('instructions.tpv_id', '=', 'lost.tpv')
    .whereRef('instructions.holder', '=', 'lost.session')
    .where('instructions.status', 'in', MOVES.release.from)
    .returning(['instructions.id', 'instructions.tpv_id']),
);

/** Returns what sockets hold that have no row to pending: they were of a hub that knew of no others. */
export const releaseUnknown = statement<{ poll: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set(backToPending)
    .where('due_at', 'is not', null)
    .where('holder', 'is not', null)
    .where('holder', '!=', p('poll'))
    .where('status', 'in', MOVES.release.from)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom('sockets').select('session_id').whereRef('sockets.session_id', '=', 'instructions.holder')),
      ),
    )
    .returning(['id', 'tpv_id']),
);
