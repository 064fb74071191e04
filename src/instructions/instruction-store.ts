import { type Expression, type ExpressionBuilder, type Kysely, PostgresAdapter } from 'kysely';
import { CANCELLED, HELD_STATUSES, type InstructionStatus, MOVES } from '#protocol';
import type { InstructionTable, Schema } from '../db/schema.ts';
import { type Parameters, statement } from '../db/statement.ts';

type Builder = ExpressionBuilder<Schema, 'instructions'>;

/** What the move `release` sets: the instruction is pending again, and only its expiry is due. */
export function backToPending(eb: Builder) {
  return { status: MOVES.release.to, holder: null, due_at: eb.ref('expires_at') };
}

/** When a row that is held is due: at the end of its lease, or at its expiry if that comes first. */
export function endOfLease(eb: Builder, leaseUntil: Expression<number>) {
  return eb.case().when('expires_at', '<', leaseUntil).then(eb.ref('expires_at')).else(leaseUntil).end();
}

/** What Telegram says of the language of an instruction's person; null: the person is not known. */
function languageOfPerson(eb: Builder) {
  return eb
    .selectFrom('telegram_users')
    .select('language_code')
    .whereRef('telegram_users.telegram_id', '=', 'instructions.telegram_user_id');
}

/** What every new row says; its state is the statement's. */
export interface NewRow {
  id: string;
  updateId: number | null;
  tpvId: string | null;
  userId: number;
  username: string | null;
  command: string;
  payload: InstructionTable['payload'];
  priority: number;
  now: number;
  expiresAt: number;
  holder: string | null;
}

/** Writes a new row, pending or already handed out. */
export const insertInstruction = statement<NewRow & { status: InstructionStatus; sentAt: number | null }>()((db, p) =>
  db.insertInto('instructions').values({
    id: p('id'),
    update_id: p('updateId'),
    tpv_id: p('tpvId'),
    telegram_user_id: p('userId'),
    telegram_username: p('username'),
    command: p('command'),
    payload: p('payload'),
    status: p('status'),
    priority: p('priority'),
    created_at: p('now'),
    sent_at: p('sentAt'),
    expires_at: p('expiresAt'),
    holder: p('holder'),
    due_at: p('expiresAt'),
  }),
);

/** One instruction of this TPV; another TPV's is not there. */
export const instructionOfTpv = statement<{ id: string; tpvId: string }>()((db, p) =>
  db.selectFrom('instructions').selectAll().where('id', '=', p('id')).where('tpv_id', '=', p('tpvId')),
);

/** One instruction of any TPV; for the hub's own use. */
export const instructionById = statement<{ id: string }>()((db, p) =>
  db.selectFrom('instructions').selectAll().where('id', '=', p('id')),
);

/** A TPV's instructions in one state, in the order in which they go out. */
export const instructionsByStatus = statement<{ tpvId: string; status: InstructionStatus; limit: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .selectAll()
    .where('tpv_id', '=', p('tpvId'))
    .where('status', '=', p('status'))
    .orderBy('priority')
    .orderBy('seq')
    .limit(p('limit')),
);

/** What `claimPending` would hand out, and when it was out before. */
export const nextPending = statement<{ tpvId: string; now: number; limit: number }>()((db, p) =>
  pendingOf(db, p).select(['seq', 'sent_at']),
);

/**
 * Hands out the TPV's next pending rows to `holder`. They are due at the end of their lease (`leaseUntil`), or when
 * they expire. The rows come back in no order: sort them by priority and seq.
 */
export const claimPending = statement<{
  tpvId: string;
  holder: string;
  now: number;
  leaseUntil: number;
  limit: number;
}>()((db, p) =>
  db
    .updateTable('instructions')
    .set((eb) => ({
      status: MOVES.hand_out.to,
      holder: p('holder'),
      sent_at: p('now'),
      due_at: endOfLease(eb, p('leaseUntil')),
    }))
    .where('seq', 'in', () =>
      pendingOf(db, p)
        .select('seq')
        .$if(db.getExecutor().adapter instanceof PostgresAdapter, (q) => q.forUpdate().skipLocked()),
    )
    .returningAll(),
);

/** A TPV's pending rows in the order in which they go out. */
function pendingOf(db: Kysely<Schema>, p: Parameters<{ tpvId: string; now: number; limit: number }>) {
  return db
    .selectFrom('instructions')
    .where('tpv_id', '=', p('tpvId'))
    .where('status', '=', MOVES.hand_out.from[0])
    .where('expires_at', '>', p('now'))
    .orderBy('priority')
    .orderBy('seq')
    .limit(p('limit'));
}

/** The nearest earlier instruction of the same person that the TPV has. */
export const earlierInHand = statement<{ userId: number; tpvId: string; seq: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select('id')
    .where('telegram_user_id', '=', p('userId'))
    .where('tpv_id', '=', p('tpvId'))
    .where('seq', '<', p('seq'))
    .where('status', 'in', HELD_STATUSES)
    .orderBy('seq', 'desc')
    .limit(1),
);

/** When the hub got the update that became an instruction. */
export const updateReceived = statement<{ updateId: number }>()((db, p) =>
  db.selectFrom('telegram_updates').select('received_at').where('update_id', '=', p('updateId')),
);

/** How many of a TPV's instructions are not final. */
export const countOpen = statement<{ tpvId: string }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tpv_id', '=', p('tpvId'))
    .where('status', 'in', MOVES.give_up.from),
);

/** Returns what one holder has to pending; being offline costs no attempt. */
export const releaseHolder = statement<{ tpvId: string; holder: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set(backToPending)
    .where('tpv_id', '=', p('tpvId'))
    .where('status', 'in', MOVES.release.from)
    .where('holder', '=', p('holder'))
    .returning('id'),
);

/** Returns all that the TPV holds to pending: a new socket gets all that is not final. */
export const releaseTpv = statement<{ tpvId: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set(backToPending)
    .where('tpv_id', '=', p('tpvId'))
    .where('status', 'in', MOVES.release.from)
    .returning('id'),
);

/** Counts another attempt on the socket that still has it. */
export const handOutAgain = statement<{ id: string; holder: string; now: number }>()((db, p) =>
  db
    .updateTable('instructions')
    .set((eb) => ({ retry_count: eb('retry_count', '+', 1), sent_at: p('now') }))
    .where('id', '=', p('id'))
    .where('status', '=', MOVES.hand_out.to)
    .where('holder', '=', p('holder'))
    .returningAll(),
);

/** Ends an instruction without an answer, and says in which language its person reads; one whose lease was extended meanwhile (past `dueBy`) goes on. */
export const giveUp = statement<{
  seq: number;
  now: number;
  dueBy: number;
  error: string;
  retryCount: number;
}>()((db, p) =>
  db
    .updateTable('instructions')
    .set({
      status: MOVES.give_up.to,
      completed_at: p('now'),
      error_message: p('error'),
      retry_count: p('retryCount'),
      holder: null,
      due_at: null,
    })
    .where('seq', '=', p('seq'))
    .where('status', 'in', MOVES.give_up.from)
    .where('due_at', '<=', p('dueBy'))
    .returning((eb) => ['id', languageOfPerson(eb).as('language_code')]),
);

/** An administrator ends it; what became final meanwhile stays as it is. */
export const cancelInstruction = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('instructions')
    .set({ status: MOVES.cancel.to, completed_at: p('now'), error_message: CANCELLED, holder: null, due_at: null })
    .where('id', '=', p('id'))
    .where('status', 'in', MOVES.cancel.from)
    .returning(['id', 'tpv_id']),
);

/** Gives an open instruction to another TPV; it is pending again. */
export const moveInstruction = statement<{ id: string; tpvId: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set((eb) => ({ tpv_id: p('tpvId'), ...backToPending(eb) }))
    .where('id', '=', p('id'))
    .where('completed_at', 'is', null)
    .returning('id'),
);

/** Returns a row whose lease lapsed to pending; one whose lease was extended meanwhile keeps its holder. */
export const lapse = statement<{ seq: number; retryCount: number; now: number }>()((db, p) =>
  db
    .updateTable('instructions')
    .set((eb) => ({ ...backToPending(eb), retry_count: p('retryCount') }))
    .where('seq', '=', p('seq'))
    .where('status', 'in', MOVES.release.from)
    .where('due_at', '<=', p('now'))
    .returning('id'),
);

/** Rows whose lease or time is up, the longest overdue first. */
export const dueInstructions = statement<{ now: number; limit: number }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select(['seq', 'id', 'tpv_id', 'telegram_user_id', 'command', 'expires_at', 'retry_count'])
    .where('due_at', '<=', p('now'))
    .orderBy('due_at')
    .limit(p('limit')),
);
