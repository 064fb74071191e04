import type { Database, Tx } from '../db/open.ts';
import type { Events } from '../events.ts';
import { type DeliverySettings, EXPIRED, NO_ANSWER, TEST_COMMAND } from './instruction.ts';
import { dueInstructions, giveUp, lapse } from './instruction-store.ts';

/** One page of due rows; a page is one commit. */
const PAGE = 500;
/** A tick takes this many pages at the most, so that a mass expiry is spread over ticks. */
const PAGES_PER_TICK = 4;

export interface SweepPorts {
  db: Database;
  events: Events;
  settings: Pick<DeliverySettings, 'maxAttempts'>;
}

/**
 * Looks at every instruction whose lease or time is up: what expired or used up its attempts fails, and the rest goes
 * back in line. The timer that calls it ticks once a second.
 * @returns how many rows it changed
 */
export async function sweepDue(ports: SweepPorts, now: number): Promise<number> {
  let changed = 0;
  for (let page = 0; page < PAGES_PER_TICK; page++) {
    const due = await ports.db.query(dueInstructions, { now, limit: PAGE });
    if (due.length === 0) break;
    await ports.db.transact(async (tx) => {
      for (const row of due) await settle(tx, ports, row, now);
    });
    changed += due.length;
    if (due.length < PAGE) break;
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
    await endUnanswered(tx, ports.events, row, 'expired', row.retry_count, now);
    return;
  }
  const retryCount = row.retry_count + 1;
  if (retryCount >= ports.settings.maxAttempts) {
    await endUnanswered(tx, ports.events, row, 'no_answer', retryCount, now);
    return;
  }
  const lapsed = await tx.run(lapse, { seq: row.seq, retryCount, now });
  const { tpv_id: tpvId } = row;
  if (lapsed.length > 0 && tpvId !== null) {
    tx.afterCommit(() => ports.events.emit({ type: 'instruction.ready', tpvId }));
  }
}

/**
 * Fails an instruction without its TPV's word, and has its TPV stop and the person told, once each.
 * @param dueBy one whose lease ends after this is left alone: its TPV said something meanwhile
 */
export async function endUnanswered(
  tx: Tx,
  events: Events,
  row: Pick<DueRow, 'seq' | 'id' | 'tpv_id' | 'telegram_user_id' | 'command'>,
  reason: 'expired' | 'no_answer',
  retryCount: number,
  now: number,
  dueBy = now,
): Promise<void> {
  const error = reason === 'expired' ? EXPIRED : NO_ANSWER;
  const ended = await tx.run(giveUp, { seq: row.seq, now, dueBy, error, retryCount });
  if (ended.length === 0) return;
  tx.afterCommit(() => {
    if (row.tpv_id !== null) events.emit({ type: 'instruction.revoked', id: row.id, tpvId: row.tpv_id, reason });
    const { id, tpv_id: tpvId, command, telegram_user_id: telegramUserId } = row;
    // Nobody wrote a test, so nobody misses its answer.
    if (command !== TEST_COMMAND) {
      events.emit({ type: 'instruction.unanswered', id, tpvId, command, telegramUserId, reason });
    }
    events.changed('instruction', id);
  });
}
