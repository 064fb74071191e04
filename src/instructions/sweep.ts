import { ERASURE_COMMAND, EXPIRED, NO_ANSWER, PRESS_COMMAND } from '#protocol';
import { nextTurn } from '../clock.ts';
import { BULK, type Database, type Tx } from '../db/open.ts';
import type { UnansweredReason } from '../events.ts';
import { hubSentence, say } from '../push/enqueue.ts';
import { NOBODY } from '../users/nobody.ts';
import { addresseeOf } from './addressee.ts';
import type { DeliverySettings } from './instruction.ts';
import { dueInstructions, giveUp, lapse } from './instruction-store.ts';

/** One page of due rows; a page is one commit, with a message to a person for each row. */
const PAGE = 100;
/** A tick takes this many pages at the most, so that a mass expiry is spread over ticks. */
const PAGES_PER_TICK = 20;

/** What a person reads whose message ended without an answer; telegram/texts/ has the sentences. */
export interface UnansweredTexts {
  of(languageCode: string): { unanswered(reason: UnansweredReason): string };
}

export interface SweepPorts {
  db: Database;
  texts: UnansweredTexts;
  settings: Pick<DeliverySettings, 'maxAttempts'>;
}

/**
 * Looks at every instruction whose lease or time is up: what expired or used up its attempts fails, and the rest
 * is pending again. The timer that calls it ticks once a second.
 * @returns how many rows it changed
 */
export async function sweepDue(ports: SweepPorts, now: number): Promise<number> {
  let changed = 0;
  for (let page = 0; page < PAGES_PER_TICK; page++) {
    const due = await ports.db.query(dueInstructions, { now, limit: PAGE });
    if (due.length === 0) break;
    await ports.db.transact(async (tx) => {
      for (const row of due) await settle(tx, ports, row, now);
    }, BULK);
    changed += due.length;
    if (due.length < PAGE) break;
    await nextTurn();
  }
  return changed;
}

interface DueRow {
  seq: number;
  id: string;
  tpv_id: string | null;
  telegram_user_id: number;
  command: string;
  expires_at: number;
  retry_count: number;
}

async function settle(tx: Tx, ports: SweepPorts, row: DueRow, now: number): Promise<void> {
  if (row.expires_at <= now) {
    await endUnanswered(tx, ports.texts, row, 'expired', row.retry_count, now);
    return;
  }
  const retryCount = row.retry_count + 1;
  if (retryCount >= ports.settings.maxAttempts) {
    await endUnanswered(tx, ports.texts, row, 'no_answer', retryCount, now);
    return;
  }
  const lapsed = await tx.run(lapse, { seq: row.seq, retryCount, now });
  const { tpv_id: tpvId } = row;
  if (lapsed.length > 0 && tpvId !== null) {
    tx.emit({ type: 'instruction.ready', tpvId });
  }
}

/**
 * Fails an instruction without its TPV's word, has its TPV stop, and tells the person, once each. The sentence is
 * queued in this transaction: a process that is killed right after the commit owes it to the person no less.
 * @param dueBy one whose lease ends after this goes on: its TPV reported on it meanwhile
 */
export async function endUnanswered(
  tx: Tx,
  texts: UnansweredTexts,
  row: Pick<DueRow, 'seq' | 'id' | 'tpv_id' | 'telegram_user_id' | 'command'>,
  reason: UnansweredReason,
  retryCount: number,
  now: number,
  dueBy = now,
): Promise<void> {
  const error = reason === 'expired' ? EXPIRED : NO_ANSWER;
  const [ended] = await tx.run(giveUp, { seq: row.seq, now, dueBy, error, retryCount });
  if (ended === undefined) return;
  const { id, tpv_id: tpvId, telegram_user_id: userId, command } = row;
  if (tpvId !== null) tx.emit({ type: 'instruction.revoked', id, tpvId, reason });
  tx.changed('instruction', id);
  // No person wrote it, and none is told.
  if (userId === NOBODY || command === ERASURE_COMMAND) return;
  tx.emit({ type: 'instruction.unanswered', id, tpvId, reason });
  // The person who pressed a button is told on the button (buttons/answers.ts).
  if (command === PRESS_COMMAND) return;
  const text = texts.of(ended.language_code ?? '').unanswered(reason);
  const to = await addresseeOf(tx, id, userId);
  await say(tx, { ...hubSentence(userId, text, { topic: to?.topic }), because: id }, now);
}
