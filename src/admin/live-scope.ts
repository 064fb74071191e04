import type { Database } from '../db/open.ts';
import type { LiveChanges } from './schemas/live.ts';

/** The kinds of rows that are of a TPV; the ids of TPVs speak for themselves. */
const KINDS = ['user', 'instruction', 'push'] as const;

/** The TPV of each row, by its id; those of none, and rows that are gone, are absent. */
export type TpvsOfRows = ReadonlyMap<string, string>;

/** Which TPV each of the rows that changed is of. */
export async function tpvsOfRows(db: Database, changes: LiveChanges): Promise<TpvsOfRows> {
  const { user = [], instruction = [], push = [] } = changes;
  const rows = [
    ...(await tpvsOfUsers(db, user.map(Number).filter(Number.isSafeInteger))),
    ...(await tpvsOf(db, 'instructions', instruction)),
    ...(await tpvsOf(db, 'push_messages', push)),
  ];
  return new Map(rows.flatMap(({ id, tpv_id: tpvId }) => (tpvId === null ? [] : [[String(id), tpvId] as const])));
}

async function tpvsOf(db: Database, table: 'instructions' | 'push_messages', ids: readonly string[]) {
  if (ids.length === 0) return [];
  return db.read.selectFrom(table).select(['id', 'tpv_id']).where('id', 'in', ids).execute();
}

async function tpvsOfUsers(db: Database, ids: readonly number[]) {
  if (ids.length === 0) return [];
  const rows = db.read.selectFrom('telegram_users').select(['telegram_id as id', 'tpv_id']);
  return rows.where('telegram_id', 'in', ids).execute();
}

/**
 * Of what changed, what is of these TPVs; undefined: nothing. Of more than an event names it says that there is more; so it
 * does of the persons where one of the TPVs changed, as who left it is another's now, and is not named.
 */
export function changesWithin(
  changes: LiveChanges,
  tpvs: TpvsOfRows,
  scope: ReadonlySet<string>,
): LiveChanges | undefined {
  const ownTpvs = changes.tpv?.filter((id) => scope.has(id)) ?? [];
  const more = new Set(changes.more.filter((kind) => kind === 'tpv' || KINDS.some((one) => one === kind)));
  if (ownTpvs.length > 0) more.add('user');
  const own: LiveChanges = { more: [...more] };
  if (ownTpvs.length > 0) own.tpv = ownTpvs;
  for (const kind of KINDS) {
    const ids = changes[kind]?.filter((id) => scope.has(tpvs.get(id) ?? '')) ?? [];
    if (ids.length > 0) own[kind] = ids;
  }
  return more.size === 0 && Object.keys(own).length === 1 ? undefined : own;
}
