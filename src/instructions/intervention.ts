import { isFinal } from '#protocol';
import type { Tx } from '../db/open.ts';
import { tpvOfUser } from '../users/user.ts';
import { type InstructionRow, TIED_COMMANDS } from './instruction.ts';
import { cancelInstruction, copyFiles, moveInstruction } from './instruction-store.ts';
import { type HandOut, submit } from './submit.ts';

/** What an administrator may do to an instruction. */
export type Intervention = 'retry' | 'cancel' | 'reassign';
export const INTERVENTIONS = ['retry', 'cancel', 'reassign'] as const satisfies readonly Intervention[];

/** Why it can't be done. `press`: it belongs to one TPV for good, and nobody waits for a second answer. */
export type Obstacle = 'final' | 'not_final' | 'press';

/** What stands against it; undefined where nothing does. */
export function obstacleTo(
  intervention: Intervention,
  row: Pick<InstructionRow, 'status' | 'command'>,
): Obstacle | undefined {
  const tied = TIED_COMMANDS.some((command) => command === row.command);
  switch (intervention) {
    case 'retry':
      if (!isFinal(row.status)) return 'not_final';
      return tied ? 'press' : undefined;
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
 * Whether an instruction ended longer ago than it was given to be done at all. What expired this night is worth doing
 * this morning; an order of three days ago is not, and whoever retries many at once does not want it among them.
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
 * its memory. It goes to whoever attends the person now, with all its time before it.
 * @returns the new id
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
  return id;
}

/**
 * Ends the instruction; its TPV is told to stop. The person is told nothing, unless they wait at a button.
 * @returns false where it is final already
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
 * @returns false where it is final already
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
