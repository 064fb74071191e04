import { sql } from 'kysely';
import { nextTurn } from '../../clock.ts';
import { inChunks } from '../../db/chunks.ts';
import { type Database, HOUSEKEEPING, type Tx } from '../../db/open.ts';
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

/** Rows written in one commit. */
const WRITTEN_AT_ONCE = 500;

/**
 * Writes minutes down, some in each commit. Two processes that write the same minutes lock their rows in one order.
 * @param onWritten gets those of a commit, with that commit
 */
export async function addMinutes(
  db: Pick<Database, 'transact'>,
  rows: readonly MinuteRow[],
  onWritten: (rows: readonly MinuteRow[]) => void,
): Promise<void> {
  const sorted = [...rows].sort((a, b) => (a.tpv_id < b.tpv_id ? -1 : a.tpv_id > b.tpv_id ? 1 : a.minute - b.minute));
  await inChunks(sorted, WRITTEN_AT_ONCE, async (few) => {
    await db.transact(async (tx) => {
      await addFew(tx, few);
      tx.afterCommit(() => onWritten(few));
    }, HOUSEKEEPING);
    await nextTurn();
  });
}

async function addFew(tx: Tx, rows: readonly MinuteRow[]): Promise<void> {
  for (const row of rows) {
    const { minute, tpv_id: tpvId, updates, instructions, completed, failed, pushes } = row;
    const counts = { updates, instructions, completed, failed, pushes, pushesFailed: row.pushes_failed };
    await tx.run(addMinute, { minute, tpvId, ...counts, p50: row.p50_ms, p99: row.p99_ms });
  }
}

/** Rows deleted in one commit: a thousand TPVs make as many a minute. */
const DELETED_AT_ONCE = 1_000;
/** Pages of one call, so that it gets ahead of what is written, and yet ends. */
const MOST_PAGES = 20;

/** Deletes what is older than `before`. */
export async function deleteMinutes(db: Pick<Database, 'transact'>, before: number): Promise<void> {
  for (let page = 0; page < MOST_PAGES; page++) {
    const deleted = await db.transact((tx) => deletePage(tx, before), HOUSEKEEPING);
    if (deleted < DELETED_AT_ONCE) return;
    await nextTurn();
  }
}

/** @returns how many rows it deleted */
async function deletePage(tx: Tx, before: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from activity where (tpv_id, minute) in (
    select tpv_id, minute from activity where minute < ${before} order by minute limit ${DELETED_AT_ONCE}
  )`.execute(tx.kysely);
  return Number(numAffectedRows ?? 0);
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

/** How many of each TPV's instructions failed, and were done, since a minute. */
export const endedSince = statement<{ from: number }>()((db, p) =>
  db
    .selectFrom('activity')
    .select(['tpv_id', (eb) => eb.fn.sum<number>('failed').as('failed')])
    .select((eb) => eb.fn.sum<number>('completed').as('completed'))
    .where('minute', '>=', p('from'))
    .where('tpv_id', '!=', '')
    .groupBy('tpv_id'),
);
