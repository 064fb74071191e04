import { sql } from 'kysely';
import { INSTRUCTION_STATUSES, type InstructionStatus, TEST_PRIORITY } from '#protocol';
import { nextTurn } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { pushStats } from '../push/push-list.ts';
import { countByStatus } from './instruction-store.ts';

/** Index entries counted by one statement; a year of one TPV's rows is counted in many short ones. */
const AT_A_TIME = 50_000;

/** How many instructions a TPV has in each state, but for the hub's own tests. Others get their turn meanwhile. */
export async function countsOf(db: Database, tpvId: string): Promise<Record<InstructionStatus, number>> {
  const counts = { pending: 0, sent: 0, delivered: 0, processing: 0, completed: 0, failed: 0 };
  for (const status of INSTRUCTION_STATUSES) counts[status] = await count(db, tpvId, status);
  return counts;
}

async function count(db: Database, tpvId: string, status: InstructionStatus): Promise<number> {
  const rows = (priority: number, seq: number) =>
    db.read
      .selectFrom('instructions')
      .where('tpv_id', '=', tpvId)
      .where('status', '=', status)
      .where(sql<boolean>`(priority, seq) > (${priority}, ${seq})`);
  let counted = 0;
  for (let at = { priority: TEST_PRIORITY, seq: Number.MAX_SAFE_INTEGER }; ; ) {
    const further = await rows(at.priority, at.seq)
      .select(['priority', 'seq'])
      .orderBy('priority')
      .orderBy('seq')
      .offset(AT_A_TIME - 1)
      .limit(1)
      .executeTakeFirst();
    if (further === undefined) {
      const rest = await rows(at.priority, at.seq)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return counted + Number(rest.count);
    }
    counted += AT_A_TIME;
    at = further;
    await nextTurn();
  }
}

/** How many instructions wait to be handed out, for each of these TPVs that has any. */
export async function backlogOf(db: Database, tpvIds: readonly string[]): Promise<Map<string, number>> {
  if (tpvIds.length === 0) return new Map();
  const rows = await db.read
    .selectFrom('instructions')
    .select(['tpv_id', (eb) => eb.fn.countAll<number>().as('count')])
    .where('tpv_id', 'in', tpvIds)
    .where('status', '=', 'pending')
    .groupBy('tpv_id')
    .execute();
  return new Map(rows.flatMap(({ tpv_id: id, count }) => (id === null ? [] : [[id, Number(count)] as const])));
}

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
