import type { InstructionStatus } from '#protocol';
import type { Database } from '../db/open.ts';
import { pushStats } from '../push/stats.ts';
import { countByStatus } from './store.ts';

/** How many instructions and messages a TPV has in each state, as `GET /api/tpv/stats/` says it. */
export async function stats(db: Database, tpvId: string) {
  const counts: Record<InstructionStatus, number> = {
    pending: 0,
    sent: 0,
    delivered: 0,
    processing: 0,
    completed: 0,
    failed: 0,
  };
  for (const row of await db.query(countByStatus, { tpvId })) counts[row.status] = Number(row.count);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    instructions: { ...counts, total },
    push_messages: await pushStats(db, tpvId),
  };
}
