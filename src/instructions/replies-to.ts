import type { Database } from '../db/open.ts';
import { repliesOf, type SentReply, testRepliesOf } from '../push/reply.ts';
import type { InstructionRow } from './instruction.ts';
import { isTestOrder } from './test-order.ts';

/** What a TPV answered to an instruction, the oldest first; to a test order, also what it sent besides its reports. */
export async function repliesTo(db: Database, row: InstructionRow): Promise<SentReply[]> {
  const { id, tpv_id: tpvId, created_at: since } = row;
  if (tpvId === null) return [];
  return isTestOrder(row) ? testRepliesOf(db, { id, tpvId, since }) : repliesOf(db, id, tpvId);
}
