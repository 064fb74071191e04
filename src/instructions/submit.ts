import { MESSAGE_PRIORITY } from '#protocol';
import type { Tx } from '../db/open.ts';
import { uuidv7 } from '../ids.ts';
import { insertFenced } from './fenced-store.ts';
import type { InstructionRow } from './instruction.ts';
import { insertInstruction } from './instruction-store.ts';

/** What becomes an instruction. */
export interface Submission {
  updateId: number | null;
  /** Null: kept until a TPV can take it. */
  tpvId: string | null;
  telegramUserId: number;
  telegramUsername: string | null;
  command: string;
  payload: InstructionRow['payload'];
  ttlMs: number;
  priority?: number;
}

/** Finds the socket that can take a new instruction at once; delivery fills this port. */
export interface HandOut {
  /** Another hub may have the TPV's socket meanwhile: then the statement that writes the row decides. */
  readonly isShared?: boolean;
  /**
   * Keeps a place for the instruction on the TPV's open socket.
   * @returns who will hold it, or undefined if there is no socket, no room, or older rows go first
   */
  reserve(tpvId: string, id: string): string | undefined;
  /** Gives the place back: the row was not written. */
  cancel(tpvId: string, id: string): void;
  /** Gives the place back: the row is written, and pending, as another hub has the socket or an older row waits. */
  overtaken?(tpvId: string, id: string): void;
  /** The row is committed as handed out: it goes to the place that was kept for it. */
  deliver(row: InstructionRow): void;
}

/**
 * Writes an instruction, already handed out if its TPV can take it, and lets it go after the commit.
 * @returns its id
 */
export async function submit(tx: Tx, handOut: HandOut, submission: Submission, now: number): Promise<string> {
  const { tpvId } = submission;
  const id = uuidv7(now);
  const holder = tpvId === null ? undefined : handOut.reserve(tpvId, id);
  if (tpvId !== null && holder !== undefined) tx.afterRollback(() => handOut.cancel(tpvId, id));
  const row = {
    id,
    update_id: submission.updateId,
    tpv_id: tpvId,
    telegram_user_id: submission.telegramUserId,
    telegram_username: submission.telegramUsername,
    command: submission.command,
    payload: submission.payload,
    status: holder === undefined ? 'pending' : 'sent',
    priority: submission.priority ?? MESSAGE_PRIORITY,
    created_at: now,
    sent_at: holder === undefined ? null : now,
    delivered_at: null,
    completed_at: null,
    expires_at: now + submission.ttlMs,
    response: null,
    error_message: '',
    retry_count: 0,
    holder: holder ?? null,
    due_at: now + submission.ttlMs,
    retry_of: null,
    retried_as: null,
    // Only the database knows it, and this path does not need it.
    seq: 0,
  } as const satisfies InstructionRow;
  const written = {
    id,
    updateId: row.update_id,
    tpvId,
    userId: row.telegram_user_id,
    username: row.telegram_username,
    command: row.command,
    payload: row.payload,
    priority: row.priority,
    now,
    expiresAt: row.expires_at,
    holder: row.holder,
  };
  let isOut = holder !== undefined;
  if (isOut && handOut.isShared) {
    const [inserted] = await tx.run(insertFenced, written);
    isOut = inserted?.status === 'sent';
    if (!isOut && tpvId !== null) handOut.overtaken?.(tpvId, id);
  } else {
    await tx.run(insertInstruction, { ...written, status: row.status, sentAt: row.sent_at });
  }
  tx.emit({ type: 'instruction.stored', id, tpvId, userId: submission.telegramUserId });
  tx.changed('instruction', id);
  if (isOut) tx.afterCommit(() => handOut.deliver(row));
  else if (tpvId !== null) tx.emit({ type: 'instruction.ready', tpvId });
  return id;
}
