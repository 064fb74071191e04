import { type RawBuilder, sql } from 'kysely';

/**
 * Whether a row is of one of these TPVs. Written so that no index fits: one that does not have the rows in their order
 * would be worse than none.
 */
export function ofTpvs(column: string, tpvIds: readonly string[]): RawBuilder<boolean> {
  if (tpvIds.length === 0) return sql<boolean>`1 = 0`;
  return sql<boolean>`coalesce(${sql.ref(column)}, '') in (${sql.join(tpvIds)})`;
}
