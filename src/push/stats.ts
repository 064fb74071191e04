import type { Database } from '../db/open.ts';
import { countPushByStatus } from './store.ts';

/** How many messages a TPV has in each state; what is on its way is `pending`. */
export async function pushStats(db: Database, tpvId: string) {
  const counts = { pending: 0, sent: 0, failed: 0, unknown: 0 };
  for (const row of await db.query(countPushByStatus, { tpvId })) {
    counts[row.status === 'sending' ? 'pending' : row.status] += Number(row.count);
  }
  return { ...counts, total: counts.pending + counts.sent + counts.failed + counts.unknown };
}
