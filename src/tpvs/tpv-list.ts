import { ofTpvs } from '../db/of-tpvs.ts';
import type { Database } from '../db/open.ts';
import { searchable } from '../db/searchable.ts';
import { readSlice, rowAhead, type Slice } from '../db/windows.ts';
import type { Tpv } from './tpv.ts';

/** `awaiting`: no administrator has approved it yet. */
export type TpvState = 'awaiting' | 'active' | 'inactive';

export function stateOf(tpv: Pick<Tpv, 'is_active' | 'approved_at'>): TpvState {
  if (tpv.is_active === 1) return 'active';
  return tpv.approved_at === null ? 'awaiting' : 'inactive';
}

/** Which TPVs an administrator looks for. */
export interface TpvQuery {
  /** What the name, the address or the id contains. */
  q?: string | undefined;
  /** Only these. */
  ids?: readonly string[] | undefined;
  state?: TpvState | undefined;
  online?: boolean | undefined;
}

/** Without what the TPV says of itself, which may be long. */
export type ListedTpv = Pick<Tpv, (typeof LISTED)[number]>;

const LISTED = [
  'id',
  'name',
  'endpoint_url',
  'is_active',
  'max_users',
  'user_count',
  'version',
  'join_code',
  'created_at',
  'last_heartbeat',
  'transport',
  'online_until',
  'presence_since',
  'deleted_at',
  'approved_at',
  'service',
] as const satisfies readonly (keyof Tpv)[];

/**
 * A page of TPVs, the newest first; its key is the id.
 * @param isOnline whether a TPV is online, which no table alone says
 */
export function listTpvs(
  db: Database,
  query: TpvQuery,
  isOnline: (tpv: ListedTpv) => boolean,
  after: string | undefined,
  limit: number,
): Promise<Slice<ListedTpv, string>> {
  const { ids, state, online } = query;
  const wanted = query.q === undefined ? undefined : searchable(query.q);
  const ordered = (from: string | undefined) => {
    let tpvs = db.read.selectFrom('tpv_instances').orderBy('id', 'desc');
    if (ids !== undefined) tpvs = tpvs.where(ofTpvs('id', ids));
    return from === undefined ? tpvs : tpvs.where('id', '<', from);
  };
  return readSlice<ListedTpv, string>(
    {
      filtered: wanted !== undefined || state !== undefined || online !== undefined,
      keyOf: (tpv) => tpv.id,
      ahead: async (from, rows) => (await rowAhead(ordered(from).select('id'), rows))?.id,
      read(from, until, most) {
        let tpvs = ordered(from).select(LISTED).where('deleted_at', 'is', null);
        if (until !== undefined) tpvs = tpvs.where('id', '>=', until);
        if (state !== undefined) tpvs = tpvs.where('is_active', '=', state === 'active' ? 1 : 0);
        if (state === 'awaiting') tpvs = tpvs.where('approved_at', 'is', null);
        if (state === 'inactive') tpvs = tpvs.where('approved_at', 'is not', null);
        return tpvs.limit(most).execute();
      },
      matches: (tpv) =>
        (online === undefined || isOnline(tpv) === online) &&
        (wanted === undefined || searchable(`${tpv.name} ${tpv.endpoint_url} ${tpv.id}`).includes(wanted)),
    },
    after,
    limit,
  );
}
