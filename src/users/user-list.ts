import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { contains, searchable } from '../db/searchable.ts';
import { type KeyedList, readSlice, rowAhead, type Slice } from '../db/windows.ts';
import type { TelegramUser } from './user.ts';

/** Which persons an administrator looks for. */
export interface UserQuery {
  /** Words; each has to stand in the names, the username or the id. */
  q?: string | undefined;
  tpvId?: string | undefined;
  /** Only those of these TPVs. */
  within?: readonly string[] | undefined;
  assigned?: boolean | undefined;
  active?: boolean | undefined;
  /** By which of their times the list goes, the latest first: when they came, unless it is said otherwise. */
  by?: 'created_at' | 'last_interaction' | undefined;
}

/** A person, and the name of their TPV. */
export type ListedUser = TelegramUser & { tpv_name: string | null };

/** The key behind which a page begins: the time by which the list goes, and the id of the person before it. */
export type UserKey = readonly [at: number, telegramId: number];

/** Their rows are short: one call may look at more of them than of others. */
const MOST_SEARCHED = 40_000;
/** Telegram's ids have at least so many digits; fewer are part of something. */
const WHOLE_ID = /^\d{5,16}$/;
const MOST_WORDS = 8;

/** A page of persons, those that came or wrote last first. A whole id finds that person alone. */
export async function listUsers(
  db: Database,
  query: UserQuery,
  after: UserKey | undefined,
  limit: number,
): Promise<Slice<ListedUser, UserKey>> {
  if (query.q !== undefined && WHOLE_ID.test(query.q) && after === undefined) {
    const { q, ...others } = query;
    const known = await userList(db, others, Number(q)).read(undefined, undefined, 1);
    if (known.length > 0) return { rows: known, next: undefined };
  }
  return readSlice(userList(db, query), after, limit, MOST_SEARCHED);
}

/** @param telegramId only this person */
function userList(db: Database, query: UserQuery, telegramId?: number): KeyedList<ListedUser, UserKey> {
  const { assigned, active, by = 'created_at' } = query;
  const words = wordsOf(query.q);
  const lane = (after: UserKey | undefined, until: UserKey | undefined) => laneOfUsers(db, by, query, after, until);
  return {
    filtered: words.length > 0 || active !== undefined || assigned === true,
    keyOf: (user) => [user[by], user.telegram_id],
    async ahead(after, rows) {
      const keys = lane(after, undefined).select([`telegram_users.${by} as at` as const, 'telegram_users.telegram_id']);
      const key = await rowAhead(keys, rows);
      return key && [key.at, key.telegram_id];
    },
    read(after, until, limit) {
      let users = lane(after, until)
        .leftJoin('tpv_instances', 'tpv_instances.id', 'telegram_users.tpv_id')
        .selectAll('telegram_users')
        .select('tpv_instances.name as tpv_name');
      for (const word of words) {
        users = users.where(contains(db.read, 'telegram_users.search', word));
      }
      if (active !== undefined) users = users.where('telegram_users.is_active', '=', active ? 1 : 0);
      if (assigned === true) users = users.where('telegram_users.tpv_id', 'is not', null);
      if (telegramId !== undefined) users = users.where('telegram_users.telegram_id', '=', telegramId);
      return users.limit(limit).execute();
    },
  };
}

/** The words of a search, as `search` holds them. */
export function wordsOf(q: string | undefined): string[] {
  return searchable(q ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
}

/**
 * Persons that one index has together, the latest first: those of one TPV, of none, or all. Those of several TPVs are looked
 * up and sorted, so that no key of another TPV's person is ever that of a page.
 * @param by which of their times: when they came, or when they wrote last
 * @param after the time and the id of the person before
 */
export function laneOfUsers(
  db: Database,
  by: 'created_at' | 'last_interaction',
  { tpvId, within, assigned }: Pick<UserQuery, 'tpvId' | 'within' | 'assigned'>,
  after: UserKey | undefined,
  until: UserKey | undefined,
) {
  const time = `telegram_users.${by}` as const;
  let users = db.read.selectFrom('telegram_users');
  if (tpvId !== undefined) users = users.where('telegram_users.tpv_id', '=', tpvId);
  // PostgreSQL takes no empty list; no TPV has the id ''.
  if (within !== undefined) users = users.where('telegram_users.tpv_id', 'in', within.length > 0 ? [...within] : ['']);
  if (assigned === false) users = users.where('telegram_users.tpv_id', 'is', null);
  if (after !== undefined) users = users.where(keyComparedTo(time, '<', after));
  if (until !== undefined) users = users.where(keyComparedTo(time, '>=', until));
  // With the sign no index fits: SQLite would walk along everybody.
  const ordered = within === undefined ? users.orderBy(time, 'desc') : users.orderBy(sql`+${sql.ref(time)}`, 'desc');
  return ordered.orderBy('telegram_users.telegram_id', 'desc');
}

function keyComparedTo(time: string, operator: '<' | '>=', [at, telegramId]: UserKey) {
  return sql<boolean>`(${sql.ref(time)}, telegram_users.telegram_id) ${sql.raw(operator)} (${at}, ${telegramId})`;
}

/** One person, and the name of their TPV. */
export async function listedUser(db: Database, telegramId: number): Promise<ListedUser | undefined> {
  return db.read
    .selectFrom('telegram_users')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'telegram_users.tpv_id')
    .selectAll('telegram_users')
    .select('tpv_instances.name as tpv_name')
    .where('telegram_id', '=', telegramId)
    .executeTakeFirst();
}
