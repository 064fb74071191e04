import type { Selectable } from 'kysely';
import type { AuditTable } from '../db/admin-tables.ts';
import type { Database } from '../db/open.ts';
import { rowRange, type TimeRange } from '../db/time-range.ts';
import { type KeyedList, readSlice, rowAhead, type Slice } from '../db/windows.ts';
import { AUDIT_ACTIONS } from './actions.ts';

/** Which entries an administrator looks for. */
export interface AuditQuery extends TimeRange {
  actor?: string | undefined;
  /** A whole action, or its noun. */
  action?: string | undefined;
  targetId?: string | undefined;
}

export type AuditRow = Selectable<AuditTable>;

/** A page of the audit log, the newest first; its key is `seq`. */
export async function listAudit(
  db: Database,
  query: AuditQuery,
  after: number | undefined,
  limit: number,
): Promise<Slice<AuditRow, number>> {
  const range = await rowRange(query, after, (ms) => firstSince(db, ms));
  if (range === undefined) return { rows: [], next: undefined };
  return readSlice(auditList(db, query, range.first), range.before, limit);
}

/** The number of the first entry of this moment or later, found by halves: numbers grow with time. */
async function firstSince(db: Database, ms: number): Promise<number | undefined> {
  const newest = await db.read.selectFrom('audit_log').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  if (newest === undefined) return undefined;
  let [low, high] = [0, newest.seq + 1];
  while (low < high) {
    const row = await db.read
      .selectFrom('audit_log')
      .select(['seq', 'at'])
      .where('seq', '>=', Math.floor((low + high) / 2))
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst();
    if (row === undefined || row.at >= ms) high = Math.floor((low + high) / 2);
    else low = row.seq + 1;
  }
  return low > newest.seq ? undefined : low;
}

/** @param first no entry before this number */
function auditList(db: Database, query: AuditQuery, first: number | undefined): KeyedList<AuditRow, number> {
  const { actor, action, targetId, from, to } = query;
  const actions = AUDIT_ACTIONS.filter((one) => one === action || one.startsWith(`${action}.`));
  const ordered = (after: number | undefined, until: number | undefined) => {
    let rows = db.read.selectFrom('audit_log').orderBy('seq', 'desc');
    if (after !== undefined) rows = rows.where('seq', '<', after);
    if (until !== undefined) rows = rows.where('seq', '>=', until);
    if (first !== undefined) rows = rows.where('seq', '>=', first);
    return rows;
  };
  return {
    filtered: [actor, action, targetId, from, to].some((one) => one !== undefined),
    keyOf: (row) => row.seq,
    ahead: async (after, rows) => (await rowAhead(ordered(after, undefined).select('seq'), rows))?.seq,
    read(after, until, limit) {
      let rows = ordered(after, until).selectAll();
      if (actor !== undefined) rows = rows.where('actor', '=', actor);
      if (action !== undefined) rows = rows.where('action', 'in', actions.length > 0 ? actions : [action]);
      if (targetId !== undefined) rows = rows.where('target_id', '=', targetId);
      if (from !== undefined) rows = rows.where('at', '>=', from);
      if (to !== undefined) rows = rows.where('at', '<', to);
      return rows.limit(limit).execute();
    },
  };
}
