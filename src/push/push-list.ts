import { sql } from 'kysely';
import { ofTpvs } from '../db/of-tpvs.ts';
import type { Database } from '../db/open.ts';
import type { PushStatus } from '../db/push-tables.ts';
import { mayContain, searchable } from '../db/searchable.ts';
import { firstRowSince, rowRange, type TimeRange } from '../db/time-range.ts';
import { countInPieces, type KeyedList, readSlice, rowAhead, type Slice } from '../db/windows.ts';
import { uuidOf } from '../ids.ts';
import { NOBODY } from '../users/nobody.ts';
import type { PushRow } from './message.ts';

/** Which messages an administrator looks for. */
export interface PushQuery extends TimeRange {
  /** `pending`: waits, or is on its way. */
  status?: 'pending' | 'sent' | 'failed' | 'unknown' | undefined;
  tpvId?: string | undefined;
  /** Only those of these TPVs. */
  within?: readonly string[] | undefined;
  telegramUserId?: number | undefined;
  /** What it says, or its whole id. */
  text?: string | undefined;
}

/** A message with the names of its person and its TPV. */
export type ListedPush = PushRow & { tpv_name: string | null; first_name: string | null; last_name: string | null };

/** A page of messages, the newest first; its key is `seq`. A whole id finds that one alone. */
export async function listPushes(
  db: Database,
  query: PushQuery,
  after: number | undefined,
  limit: number,
): Promise<Slice<ListedPush, number>> {
  const id = after === undefined && query.text !== undefined ? uuidOf(query.text) : undefined;
  if (id !== undefined) {
    const known = await pushList(db, { ...query, text: undefined }, undefined, id).read(undefined, undefined, 1);
    if (known.length > 0) return { rows: known, next: undefined };
  }
  const range = await rowRange(query, after, (ms) => firstRowSince(db, 'push_messages', ms));
  if (range === undefined) return { rows: [], next: undefined };
  return readSlice(pushList(db, query, range.first), range.before, limit);
}

/** Which index has the rows in their order: a person's, a TPV's in one state, a TPV's, those that went wrong, or all. */
function laneOf({ telegramUserId, status, tpvId }: PushQuery): 'chat' | 'tpv_status' | 'tpv' | 'wrong' | 'all' {
  if (telegramUserId !== undefined) return 'chat';
  if (tpvId !== undefined) return status === undefined || status === 'pending' ? 'tpv' : 'tpv_status';
  return status === 'failed' || status === 'unknown' ? 'wrong' : 'all';
}

/**
 * @param first no row before this number
 * @param id only this one
 */
function pushList(
  db: Database,
  query: PushQuery,
  first: number | undefined,
  id?: string,
): KeyedList<ListedPush, number> {
  const { telegramUserId, tpvId, within, status, from, to, text } = query;
  const by = laneOf(query);
  const statusOfLane = (by === 'wrong' || by === 'tpv_status') && status !== 'pending' ? status : undefined;
  const lane = (after: number | undefined, until: number | undefined) => {
    let rows = db.read.selectFrom('push_messages');
    if (by === 'chat') rows = rows.where('chat_id', '=', telegramUserId ?? 0);
    if (by === 'tpv' || by === 'tpv_status') rows = rows.where('push_messages.tpv_id', '=', tpvId ?? '');
    // The condition in full: SQLite uses a partial index only if the index's own condition stands in the query.
    if (by === 'wrong') rows = rows.where(sql<boolean>`push_messages.status in ('failed', 'unknown')`);
    if (statusOfLane !== undefined) rows = rows.where('push_messages.status', '=', statusOfLane);
    if (after !== undefined) rows = rows.where('seq', '<', after);
    if (until !== undefined) rows = rows.where('seq', '>=', until);
    if (first !== undefined) rows = rows.where('seq', '>=', first);
    return rows.orderBy('seq', 'desc');
  };
  const otherStatus = status !== undefined && statusOfLane === undefined;
  const otherTpv = tpvId !== undefined && by === 'chat';
  const wanted = text === undefined ? undefined : searchable(text);
  // What JSON would write otherwise stands here as it is; any character will do, as `matches` has the last word.
  const pattern = text?.replace(/["\\\p{Cc}]/gu, 'ñ') ?? '';
  return {
    filtered: otherStatus || otherTpv || [within, from, to, text].some((one) => one !== undefined),
    keyOf: (row) => row.seq,
    ahead: async (after, rows) => (await rowAhead(lane(after, undefined).select('seq'), rows))?.seq,
    read(after, until, limit) {
      let rows = lane(after, until)
        .leftJoin('tpv_instances', 'tpv_instances.id', 'push_messages.tpv_id')
        .leftJoin('telegram_users', 'telegram_users.telegram_id', 'push_messages.chat_id')
        .selectAll('push_messages')
        .select(['tpv_instances.name as tpv_name', 'telegram_users.first_name', 'telegram_users.last_name']);
      if (id !== undefined) rows = rows.where('push_messages.id', '=', id);
      // Written so that no index fits: one that does not have the rows in their order would be worse than none.
      if (otherStatus && status === 'pending') rows = rows.where(sql<boolean>`coalesce(not_before, -1) >= 0`);
      else if (otherStatus) rows = rows.where(sql<boolean>`push_messages.status || '' = ${status}`);
      if (otherTpv) rows = rows.where(sql<boolean>`push_messages.tpv_id || '' = ${tpvId}`);
      if (within !== undefined) rows = rows.where(ofTpvs('push_messages.tpv_id', within));
      if (from !== undefined) rows = rows.where('push_messages.created_at', '>=', from);
      if (to !== undefined) rows = rows.where('push_messages.created_at', '<', to);
      if (text !== undefined) rows = rows.where(mayContain(db.read, 'push_messages.text', pattern));
      return rows.limit(limit).execute();
    },
    matches: wanted === undefined ? undefined : (row) => searchable(row.text).includes(wanted),
  };
}

/** One message with the names of its person and its TPV. */
export async function listedPush(db: Database, id: string): Promise<ListedPush | undefined> {
  return db.read
    .selectFrom('push_messages')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'push_messages.tpv_id')
    .leftJoin('telegram_users', 'telegram_users.telegram_id', 'push_messages.chat_id')
    .selectAll('push_messages')
    .select(['tpv_instances.name as tpv_name', 'telegram_users.first_name', 'telegram_users.last_name'])
    .where('push_messages.id', '=', id)
    .executeTakeFirst();
}

/** How many messages a TPV has in each state; what is on its way is `pending`. */
export async function pushStats(db: Database, tpvId: string) {
  const pending = (await count(db, tpvId, 'pending')) + (await count(db, tpvId, 'sending'));
  const sent = (await count(db, tpvId, 'sent')) - (await countTests(db, tpvId));
  const failed = await count(db, tpvId, 'failed');
  const unknown = await count(db, tpvId, 'unknown');
  return { pending, sent, failed, unknown, total: pending + sent + failed + unknown };
}

/** Answers to test orders, which no person gets. Erased messages are nobody's, too. */
function countTests(db: Database, tpvId: string): Promise<number> {
  const rows = (after = 0) =>
    db.read.selectFrom('push_messages').where('chat_id', '=', NOBODY).where('seq', '>', after);
  return countInPieces<number>({
    filtered: true,
    ahead: async (after, further) => (await rowAhead(rows(after).select('seq').orderBy('seq'), further))?.seq,
    async count(after, until) {
      const { count } = await rows(after)
        .$if(until !== undefined, (some) => some.where('seq', '<=', until ?? 0))
        .where(sql<boolean>`push_messages.tpv_id || '' = ${tpvId}`)
        .where(sql<boolean>`options like '%"test":"%'`)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  });
}

function count(db: Database, tpvId: string, status: PushStatus): Promise<number> {
  const rows = (after = 0) =>
    db.read
      .selectFrom('push_messages')
      .where('tpv_id', '=', tpvId)
      .where('status', '=', status)
      .where('seq', '>', after);
  return countInPieces<number>({
    ahead: async (after, further) => (await rowAhead(rows(after).select('seq').orderBy('seq'), further))?.seq,
    async count(after) {
      const { count } = await rows(after)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  });
}
