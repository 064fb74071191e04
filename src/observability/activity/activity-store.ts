import { sql } from 'kysely';
import type { Tx } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import type { Counts } from './activity-counts.ts';

/** One minute of the whole hub (`''`) or of a TPV, as a row holds it. */
export interface MinuteRow extends Counts {
  minute: number;
  tpv_id: string;
  p50_ms: number | null;
  p99_ms: number | null;
}

/** Two processes that write the same minute add up; of their percentiles the greater stays. */
const addMinute = statement<{
  minute: number;
  tpvId: string;
  updates: number;
  instructions: number;
  completed: number;
  failed: number;
  pushes: number;
  pushesFailed: number;
  p50: number | null;
  p99: number | null;
}>()((db, p) =>
  db
    .insertInto('activity')
    .values({
      minute: p('minute'),
      tpv_id: p('tpvId'),
      updates: p('updates'),
      instructions: p('instructions'),
      completed: p('completed'),
      failed: p('failed'),
      pushes: p('pushes'),
      pushes_failed: p('pushesFailed'),
      p50_ms: p('p50'),
      p99_ms: p('p99'),
    })
    .onConflict((c) =>
      c.columns(['tpv_id', 'minute']).doUpdateSet((eb) => ({
        updates: eb('activity.updates', '+', eb.ref('excluded.updates')),
        instructions: eb('activity.instructions', '+', eb.ref('excluded.instructions')),
        completed: eb('activity.completed', '+', eb.ref('excluded.completed')),
        failed: eb('activity.failed', '+', eb.ref('excluded.failed')),
        pushes: eb('activity.pushes', '+', eb.ref('excluded.pushes')),
        pushes_failed: eb('activity.pushes_failed', '+', eb.ref('excluded.pushes_failed')),
        p50_ms: greater('p50_ms'),
        p99_ms: greater('p99_ms'),
      })),
    ),
);

function greater(column: 'p50_ms' | 'p99_ms') {
  const [old, added] = [sql.ref(`activity.${column}`), sql.ref(`excluded.${column}`)];
  return sql<number | null>`case when ${old} is null or ${added} > ${old} then ${added} else ${old} end`;
}

export async function addMinutes(tx: Tx, rows: readonly MinuteRow[]): Promise<void> {
  for (const row of rows) {
    const { minute, tpv_id: tpvId, updates, instructions, completed, failed, pushes } = row;
    const counts = { updates, instructions, completed, failed, pushes, pushesFailed: row.pushes_failed };
    await tx.run(addMinute, { minute, tpvId, ...counts, p50: row.p50_ms, p99: row.p99_ms });
  }
}

/** One at a time and in its order: an hour of a thousand TPVs is 60,000 rows. */
const DELETED_AT_ONCE = 5_000;

/** Deletes what is older than `before`, a page a call. */
export async function deleteMinutes(tx: Tx, before: number): Promise<void> {
  await sql`delete from activity where (tpv_id, minute) in (
    select tpv_id, minute from activity where minute < ${before} order by minute limit ${DELETED_AT_ONCE}
  )`.execute(tx.kysely);
}

/** The minutes of the hub (`''`) or of a TPV in which something happened, the oldest first. */
export const minutesSince = statement<{ tpvId: string; from: number }>()((db, p) =>
  db
    .selectFrom('activity')
    .selectAll()
    .where('tpv_id', '=', p('tpvId'))
    .where('minute', '>=', p('from'))
    .orderBy('minute'),
);
