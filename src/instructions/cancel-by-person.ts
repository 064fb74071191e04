import { CANCELLED, CANCELLED_BY_PERSON, EXPIRED, MOVES, NO_ANSWER } from '#protocol';
import { MESSAGE_COMMANDS } from '../conversation/silence-store.ts';
import type { Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import type { HubAction } from '../push/hub-button.ts';
import type { InstructionRow } from './instruction.ts';
import { instructionById } from './instruction-store.ts';

/** What a person reads who no longer wants what they wrote. */
export interface CancelTexts {
  /** In the place of the sentence with the button. */
  readonly cancelled: string;
  /** Over the chat: the TPV has it. */
  readonly cancelTooLate: string;
  readonly press: { readonly expired: string };
}

/** Ends what a person wrote to a TPV that has not reported on it. */
const cancelUntaken = statement<{ personId: number; tpvId: string; now: number }>()((db, p) =>
  db
    .updateTable('instructions')
    .set({
      status: MOVES.cancel.to,
      completed_at: p('now'),
      error_message: CANCELLED_BY_PERSON,
      holder: null,
      due_at: null,
    })
    .where('telegram_user_id', '=', p('personId'))
    .where('tpv_id', '=', p('tpvId'))
    .where('status', 'in', ['pending', 'sent'])
    .where('delivered_at', 'is', null)
    .where('command', 'in', MESSAGE_COMMANDS)
    .returning(['id', 'seq']),
);

/** Why the hub itself ended a message, whose person was told: no TPV attends to it, and nothing is left to cancel. */
const ENDED_BY_HUB: readonly string[] = [EXPIRED, NO_ANSWER, CANCELLED];

/**
 * What the button «Cancelar mi mensaje» does. All that the person wrote and the TPV has not reported on ends: who writes
 * an order in three messages takes it back as one.
 */
export function cancelAction(texts: { of(languageCode: string): CancelTexts }): HubAction {
  return async (tx, { personId, languageCode, arg: instructionId }, now) => {
    const words = texts.of(languageCode);
    const [row] = await tx.run(instructionById, { id: instructionId });
    if (row === undefined || row.telegram_user_id !== personId || ENDED_BY_HUB.includes(row.error_message)) {
      return { text: words.press.expired, alert: true };
    }
    // Pressed twice, it reads the same.
    const isCancelled = row.error_message === CANCELLED_BY_PERSON || (await cancel(tx, row, now));
    return isCancelled ? { text: '', message: { text: words.cancelled } } : { text: words.cancelTooLate, alert: true };
  };
}

/** @returns whether the instruction is among those that ended: its TPV had not reported on it */
async function cancel(tx: Tx, row: InstructionRow, now: number): Promise<boolean> {
  const { tpv_id: tpvId, telegram_user_id: personId, delivered_at: reportedAt } = row;
  if (tpvId === null || reportedAt !== null) return false;
  const ended = await tx.run(cancelUntaken, { personId, tpvId, now });
  // In the order in which they were written, which the statement does not promise.
  for (const { id } of ended.toSorted((a, b) => Number(a.seq) - Number(b.seq))) {
    tx.emit({ type: 'instruction.revoked', id, tpvId, reason: 'cancelled' });
    tx.changed('instruction', id);
  }
  return ended.some(({ id }) => id === row.id);
}
