import { sql } from 'kysely';
import { INSTRUCTION_STATUSES, type InstructionStatus, TEST_PRIORITY } from '#protocol';
import type { Database } from '../db/open.ts';
import { countInPieces, rowAhead } from '../db/windows.ts';
import { pushStats } from '../push/push-list.ts';

export type InstructionCounts = Record<InstructionStatus, number>;

/** How many instructions a TPV has in each state, but for the hub's own tests. */
export async function countsOf(db: Database, tpvId: string): Promise<InstructionCounts> {
  const counts = { pending: 0, sent: 0, delivered: 0, processing: 0, completed: 0, failed: 0 };
  for (const status of INSTRUCTION_STATUSES) counts[status] = await count(db, tpvId, status);
  return counts;
}

interface Key {
  priority: number;
  seq: number;
}

function count(db: Database, tpvId: string, status: InstructionStatus): Promise<number> {
  const rows = ({ priority, seq }: Key = { priority: TEST_PRIORITY, seq: Number.MAX_SAFE_INTEGER }) =>
    db.read
      .selectFrom('instructions')
      .where('tpv_id', '=', tpvId)
      .where('status', '=', status)
      .where(sql<boolean>`(priority, seq) > (${priority}, ${seq})`);
  return countInPieces<Key>({
    ahead: (after, further) =>
      rowAhead(rows(after).select(['priority', 'seq']).orderBy('priority').orderBy('seq'), further),
    async count(after) {
      const { count } = await rows(after)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  });
}

/** How many instructions and messages a TPV has in each state, as `GET /api/tpv/stats/` says it. */
export async function stats(db: Database, tpvId: string) {
  const counts = await countsOf(db, tpvId);
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return { instructions: { ...counts, total }, push_messages: await pushStats(db, tpvId) };
}
