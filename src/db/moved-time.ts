import { type RawBuilder, sql } from 'kysely';

/** A column's time, `byMs` later, and `most` at the most: as it is right after the clock was corrected. */
export function movedTime(column: string, byMs: number, most: number): RawBuilder<number> {
  const time = sql.ref<number>(column);
  return sql<number>`(case when ${time} < ${most - byMs} then ${time} + ${byMs} else ${most} end)`;
}
