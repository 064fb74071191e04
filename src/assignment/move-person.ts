import { nextTurn } from '../clock.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { TIED_COMMANDS } from '../instructions/instruction.ts';
import { backToPending } from '../instructions/instruction-store.ts';
import { type AssignPorts, assign, moveUser } from '../users/assign.ts';
import { tpvOfUser } from '../users/user.ts';

const adopt = statement<{ userId: number; tpvId: string }>()((db, p) =>
  db
    .updateTable('instructions')
    .set({ tpv_id: p('tpvId') })
    .where('tpv_id', 'is', null)
    .where('status', '=', 'pending')
    .where('telegram_user_id', '=', p('userId'))
    .returning('id'),
);

const oldestUnassigned = statement<object>()((db) =>
  db
    .selectFrom('instructions')
    .select(['telegram_user_id'])
    .where('tpv_id', 'is', null)
    .where('status', '=', 'pending')
    .orderBy('priority')
    .orderBy('seq')
    .limit(1),
);

/** After a person was assigned to a TPV: it gets their waiting instructions. */
export async function adoptUnassigned(tx: Tx, userId: number, tpvId: string): Promise<void> {
  const adopted = await tx.run(adopt, { userId, tpvId });
  tx.changed('user', String(userId));
  tx.changed('tpv', tpvId);
  for (const { id } of adopted) tx.changed('instruction', id);
  if (adopted.length > 0) tx.emit({ type: 'instruction.ready', tpvId });
}

/** Persons assigned in one commit: for each, all TPVs that have room are looked at. */
const PERSONS_AT_A_TIME = 5;

/**
 * Empties the inbox of messages that found no TPV: the oldest first, one person at a time, until no person waits or no
 * TPV can take one more.
 * @param most how many persons at the most
 */
export async function drainInbox(db: Pick<Database, 'transact'>, ports: AssignPorts, most: number): Promise<void> {
  for (let assigned = 0; assigned < most; assigned += PERSONS_AT_A_TIME) {
    const few = await db.transact((tx) => assignOldest(tx, ports, PERSONS_AT_A_TIME));
    if (few < PERSONS_AT_A_TIME) return;
    await nextTurn();
  }
}

/** @returns how many persons were assigned */
async function assignOldest(tx: Tx, ports: AssignPorts, most: number): Promise<number> {
  for (let assigned = 0; assigned < most; assigned++) {
    const [oldest] = await tx.run(oldestUnassigned, {});
    if (oldest === undefined) return assigned;
    const userId = oldest.telegram_user_id;
    const [user] = await tx.run(tpvOfUser, { telegramId: userId });
    const tpvId = user?.tpv_id ?? (await assign(tx, ports, userId));
    if (tpvId === undefined) return assigned;
    await adoptUnassigned(tx, userId, tpvId);
  }
  return most;
}

/**
 * An administrator moves a person, and their open instructions go along: the TPV before gets the order to stop. A press
 * stays, as its button belongs to the TPV that made it.
 * @returns `full` (nothing changed) if the TPV is inactive or has no room
 */
export async function reassignUser(tx: Tx, userId: number, tpvId: string): Promise<'moved' | 'unchanged' | 'full'> {
  const outcome = await moveUser(tx, userId, tpvId);
  if (outcome === 'full') return outcome;
  await adoptUnassigned(tx, userId, tpvId);
  const open = await tx.kysely
    .selectFrom('instructions')
    .select(['id', 'seq', 'tpv_id', 'status'])
    .where('telegram_user_id', '=', userId)
    .where('due_at', 'is not', null)
    .where('tpv_id', '!=', tpvId)
    .where('command', 'not in', TIED_COMMANDS)
    .orderBy('seq')
    .execute();
  if (open.length === 0) return outcome;
  await tx.kysely
    .updateTable('instructions')
    .set((eb) => ({ tpv_id: tpvId, ...backToPending(eb) }))
    .where(
      'seq',
      'in',
      open.map((row) => row.seq),
    )
    .execute();
  for (const row of open) {
    tx.changed('instruction', row.id);
    if (row.tpv_id === null || row.status === 'pending') continue;
    tx.emit({ type: 'instruction.revoked', id: row.id, tpvId: row.tpv_id, reason: 'reassigned' });
  }
  tx.emit({ type: 'instruction.ready', tpvId });
  return outcome;
}
