import { isFinal } from '#protocol';
import type { Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { NOBODY } from '../users/nobody.ts';
import { tpvOfUser } from '../users/user.ts';
import { type InstructionRow, TIED_COMMANDS } from './instruction.ts';
import { copyFiles } from './instruction-files.ts';
import { cancelInstruction, moveInstruction } from './instruction-store.ts';
import { markRetried, markRetry } from './retry-marks.ts';
import { type HandOut, submit } from './submit.ts';

/** What an administrator may do to an instruction. */
export type Intervention = 'retry' | 'cancel' | 'reassign';
export const INTERVENTIONS = ['retry', 'cancel', 'reassign'] as const satisfies readonly Intervention[];

/**
 * Why it can't be done. `press`: it stays with its TPV, and the person no longer waits for an answer. `retried`: it was
 * sent once more already; what became of that can be sent once more itself.
 */
export type Obstacle = 'final' | 'not_final' | 'press' | 'retried';

/** What stands against it; undefined if nothing does. */
export function obstacleTo(
  intervention: Intervention,
  row: Pick<InstructionRow, 'status' | 'command' | 'retried_as' | 'telegram_user_id'>,
): Obstacle | undefined {
  // Of an erased person nothing is left that could be sent once more.
  const tied = row.telegram_user_id === NOBODY || TIED_COMMANDS.some((command) => command === row.command);
  switch (intervention) {
    case 'retry':
      if (!isFinal(row.status)) return 'not_final';
      if (tied) return 'press';
      return row.retried_as === null ? undefined : 'retried';
    case 'cancel':
      return isFinal(row.status) ? 'final' : undefined;
    case 'reassign':
      if (isFinal(row.status)) return 'final';
      return tied ? 'press' : undefined;
    default:
      return intervention satisfies never;
  }
}

/**
 * Whether an instruction ended longer ago than its whole lifetime. What expired this night is worth a retry this
 * morning; an order of three days ago is not, and must not slip in when an administrator retries many at once.
 */
export function isTooOld(
  row: Pick<InstructionRow, 'created_at' | 'expires_at' | 'completed_at'>,
  now: number,
): boolean {
  const ttlMs = row.expires_at - row.created_at;
  return row.completed_at !== null && now - row.completed_at > ttlMs;
}

/**
 * Writes the instruction once more, under a new id, as what the TPV remembers under the old one would be answered from
 * its memory. It goes to the TPV that attends the person now, with its whole lifetime before it. Each of the two names the
 * other.
 * @returns the new id
 * @throws HubError `invalid_transition` if it was sent once more already
 */
export async function retryInstruction(tx: Tx, handOut: HandOut, row: InstructionRow, now: number): Promise<string> {
  const [user] = await tx.run(tpvOfUser, { telegramId: row.telegram_user_id });
  const submission = {
    // The update belongs to the row before, and goes with it.
    updateId: null,
    tpvId: user?.tpv_id ?? null,
    telegramUserId: row.telegram_user_id,
    telegramUsername: row.telegram_username,
    command: row.command,
    payload: row.payload,
    ttlMs: row.expires_at - row.created_at,
    priority: row.priority,
  };
  const id = await submit(tx, handOut, submission, now);
  await tx.run(copyFiles, { from: row.id, to: id });
  // Two who ask at the same moment: the second is refused, and what it wrote is taken back.
  const [marked] = await tx.run(markRetried, { id: row.id, retriedAs: id });
  if (marked === undefined) throw new HubError('invalid_transition', 'It was sent once more already.');
  await tx.run(markRetry, { id, retryOf: row.id });
  tx.changed('instruction', row.id);
  return id;
}

/**
 * Ends the instruction; its TPV gets the order to stop. The person hears nothing, unless they wait at a button.
 * @returns false if it is final already
 */
export async function cancel(tx: Tx, id: string, now: number): Promise<boolean> {
  const [ended] = await tx.run(cancelInstruction, { id, now });
  if (ended === undefined) return false;
  if (ended.tpv_id !== null) tx.emit({ type: 'instruction.revoked', id, tpvId: ended.tpv_id, reason: 'cancelled' });
  tx.changed('instruction', id);
  return true;
}

/**
 * Gives one instruction to another TPV; the person stays where they are.
 * @returns false if it is final already
 */
export async function moveTo(tx: Tx, row: Pick<InstructionRow, 'id' | 'tpv_id'>, tpvId: string): Promise<boolean> {
  const { id, tpv_id: before } = row;
  if (before === tpvId) return true;
  const [moved] = await tx.run(moveInstruction, { id, tpvId });
  if (moved === undefined) return false;
  if (before !== null) tx.emit({ type: 'instruction.revoked', id, tpvId: before, reason: 'reassigned' });
  tx.emit({ type: 'instruction.ready', tpvId });
  tx.changed('instruction', id);
  return true;
}
