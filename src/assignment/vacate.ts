import { sql } from 'kysely';
import { MOVES, OPEN_STATUSES } from '#protocol';
import { nextTurn } from '../clock.ts';
import { BULK, type Database, type Tx } from '../db/open.ts';
import { TIED_COMMANDS } from '../instructions/instruction.ts';
import { backToPending } from '../instructions/instruction-store.ts';
import { releaseUsers } from '../users/assign.ts';
import { NOBODY } from '../users/nobody.ts';

/** Persons, and instructions, taken in one commit: a TPV may have 100,000 of either. */
const PIECE = 200;

/** Says, as part of the transaction that stops the TPV, that its persons go to others; `vacate` does it. */
export async function beginToVacate(tx: Tx, tpvId: string): Promise<void> {
  await tx.kysely.updateTable('tpv_instances').set({ vacating: 1 }).where('id', '=', tpvId).execute();
}

/**
 * Takes a TPV's users and open instructions from it, but no presses; they wait in the inbox for another. It takes a few
 * in each commit, and ends where the TPV was activated again meanwhile.
 */
export async function vacate(db: Pick<Database, 'transact'>, tpvId: string): Promise<void> {
  while (await db.transact((tx) => takePiece(tx, tpvId), BULK)) await nextTurn();
}

/** Goes on where a process ended in the middle. */
export async function goOnVacating(db: Database): Promise<void> {
  // As a literal: a parameter would not say that the partial index holds it.
  const tpvs = await db.read.selectFrom('tpv_instances').select('id').where(sql<boolean>`vacating = 1`).execute();
  for (const { id } of tpvs) await vacate(db, id);
}

/** @returns whether there may be more */
async function takePiece(tx: Tx, tpvId: string): Promise<boolean> {
  const marked = await tx.kysely
    .selectFrom('tpv_instances')
    .select('id')
    .where('id', '=', tpvId)
    .where('vacating', '=', 1)
    .executeTakeFirst();
  if (marked === undefined) return false;
  const users = await releaseUsers(tx, tpvId, PIECE);
  const open = await tx.kysely
    .selectFrom('instructions')
    .select(['seq', 'id', 'status'])
    .where('tpv_id', '=', tpvId)
    .where('status', 'in', OPEN_STATUSES)
    .where('command', 'not in', TIED_COMMANDS)
    .where('telegram_user_id', '!=', NOBODY)
    .limit(PIECE)
    .execute();
  if (open.length > 0) {
    await tx.kysely
      .updateTable('instructions')
      .set((eb) => ({ tpv_id: null, ...backToPending(eb) }))
      .where(
        'seq',
        'in',
        open.map(({ seq }) => seq),
      )
      .where('status', 'in', OPEN_STATUSES)
      .execute();
  }
  for (const { id, status } of open) {
    if (MOVES.release.from.some((held) => held === status)) {
      tx.emit({ type: 'instruction.revoked', id, tpvId, reason: 'reassigned' });
    }
    tx.changed('instruction', id);
  }
  for (const userId of users) tx.changed('user', String(userId));
  if (users.length === PIECE || open.length === PIECE) return true;
  await tx.kysely.updateTable('tpv_instances').set({ vacating: 0 }).where('id', '=', tpvId).execute();
  return false;
}
