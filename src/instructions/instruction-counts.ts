import type { SelectQueryBuilder } from 'kysely';
import { INSTRUCTION_STATUSES, type InstructionStatus, TEST_PRIORITY } from '#protocol';
import type { Database } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import { countInPieces, rowAhead } from '../db/windows.ts';
import { pushStats } from '../push/push-list.ts';

export type InstructionCounts = Record<InstructionStatus, number>;

/** How many instructions a TPV has in each state, but for the hub's own tests. */
export async function countsOf(db: Database, tpvId: string): Promise<InstructionCounts> {
  const counts = { pending: 0, sent: 0, delivered: 0, processing: 0, completed: 0, failed: 0 };
  for (const status of INSTRUCTION_STATUSES) counts[status] = await count(db, tpvId, status);
  return counts;
}

async function count(db: Database, tpvId: string, status: InstructionStatus): Promise<number> {
  const rows = db.read.selectFrom('instructions').where('tpv_id', '=', tpvId).where('status', '=', status);
  let counted = 0;
  for (let last = TEST_PRIORITY; ; ) {
    const next = await rows.select('priority').where('priority', '>', last).orderBy('priority').limit(1).execute();
    const priority = next[0]?.priority;
    if (priority === undefined) return counted;
    counted += await countOfPriority(rows.where('priority', '=', priority));
    last = priority;
  }
}

/**
 * One priority after the other: SQLite seeks to a place in an index by its last column alone. By two together it would
 * walk from the start of the first to that place, and further with each piece.
 */
function countOfPriority(rows: SelectQueryBuilder<Schema, 'instructions', object>): Promise<number> {
  const behind = (after = 0) => rows.where('seq', '>', after);
  return countInPieces<number>({
    ahead: async (after, further) => (await rowAhead(behind(after).select('seq').orderBy('seq'), further))?.seq,
    async count(after) {
      const { count } = await behind(after)
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
