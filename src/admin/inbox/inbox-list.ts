import { type RawBuilder, sql } from 'kysely';
import { MESSAGE_COMMANDS } from '../../conversation/silence-store.ts';
import { ofTpvs } from '../../db/of-tpvs.ts';
import type { Database } from '../../db/open.ts';
import { contains } from '../../db/searchable.ts';
import { type KeyedList, readSlice, rowAhead, type Slice } from '../../db/windows.ts';
import { saidBy } from '../../push/of-chat.ts';
import { type ListedUser, laneOfUsers, wordsOf } from '../../users/user-list.ts';
import { byLastContact } from './last-contact.ts';

/** Which conversations an operator looks for. */
export interface InboxQuery {
  /**
   * `waiting`: something of it is open. `failed`: something of it failed, and was not sent once more. `unanswered`: the
   * person wrote last, and neither their TPV nor an operator wrote since.
   */
  view?: 'waiting' | 'failed' | 'unanswered' | undefined;
  /** Words; each has to stand in the person's names, username or id. */
  q?: string | undefined;
  tpvId?: string | undefined;
  /** Only persons of these TPVs. */
  within?: readonly string[] | undefined;
  /** Told only by what these TPVs have with a person; undefined: by everything. */
  scope?: readonly string[] | undefined;
  assigned?: false | undefined;
}

/** A person, and by which rows their conversation is told. */
export type ListedConversation = ListedUser & {
  /** The row number of the person's last instruction; null: there is none. */
  said: number | null;
  /** Of the instruction because of which it is in a view; null: of none. */
  because: number | null;
  /** Of the last message to them that is not the hub's own. */
  told: number | null;
  /** 1: the person wrote last. */
  unanswered: number;
  /** When the person was there last; in `waiting` and `failed`, when that came. */
  at: number;
};

/** As it is read, before it is known when the person was there last. */
type Read = Omit<ListedConversation, 'at'> & {
  /** When their last instruction came, or the one because of which it is in a view. */
  came: number | null;
};

/** Of a list by persons: when the last one was there, and their id. Of one by instructions: the row number, and 0. */
export type InboxKey = readonly [number, number];

/** Persons that one call looks at where a filter has no index, in steps of 200. */
const MOST_SEARCHED = 40_000;

/** The person's instructions, the last first, as far as they may be told. */
function instructionsOf(columns: RawBuilder<unknown>, scope: InboxQuery['scope']): RawBuilder<unknown> {
  const seen = scope === undefined ? sql`` : sql`and ${ofTpvs('i.tpv_id', scope)}`;
  return sql`select ${columns} from instructions as i
    where i.telegram_user_id = telegram_users.telegram_id ${seen} order by i.seq desc limit 1`;
}

/** The messages to the person, the last first, as far as they may be told. */
function messagesTo(columns: RawBuilder<unknown>, scope: InboxQuery['scope']): RawBuilder<unknown> {
  const seen = scope === undefined ? sql`` : sql`and ${saidBy('m', scope)}`;
  return sql`select ${columns} from push_messages as m
    where m.chat_id = telegram_users.telegram_id and ${BY_PEOPLE} ${seen} order by m.seq desc limit 1`;
}

/** By their TPV or an operator, whose text goes as it is: the hub's own sentences have markup. */
const BY_PEOPLE = sql`(m.tpv_id is not null or m.parse_mode = 'none')`;

/**
 * The person's last instruction is a message, and later than all that their TPV or an operator wrote. A press is answered
 * at its button.
 */
function isUnanswered(scope: InboxQuery['scope']): RawBuilder<number> {
  const messages = sql.join(MESSAGE_COMMANDS.map(sql.lit));
  const wrote = instructionsOf(sql`case when i.command in (${messages}) then i.created_at end`, scope);
  return sql<number>`case when (${wrote}) > coalesce((${messagesTo(sql`m.created_at`, scope)}), 0) then 1 else 0 end`;
}

/** When the person wrote or pressed last: what an administrator sent once more is not theirs. */
function lastOwn(scope: InboxQuery['scope']): RawBuilder<number | null> {
  const seen = scope === undefined ? sql`` : sql`and ${ofTpvs('i.tpv_id', scope)}`;
  return sql`(select i.created_at from instructions as i where i.telegram_user_id = telegram_users.telegram_id
    and i.retry_of is null ${seen} order by i.seq desc limit 1)`;
}

/** By which rows a conversation is told. */
function tellingRows({ scope }: InboxQuery) {
  return [
    sql<number | null>`(${instructionsOf(sql`i.seq`, scope)})`.as('said'),
    sql<number | null>`(${messagesTo(sql`m.seq`, scope)})`.as('told'),
    isUnanswered(scope).as('unanswered'),
  ] as const;
}

/** A page of conversations, those of the persons who were there last first; in `waiting` and `failed` by what is in them. */
export async function listInbox(
  db: Database,
  query: InboxQuery,
  after: InboxKey | undefined,
  limit: number,
): Promise<Slice<ListedConversation, InboxKey>> {
  if (query.view !== 'waiting' && query.view !== 'failed') {
    return byLastContact((from, most) => readSlice(byPerson(db, query), from, most, MOST_SEARCHED), after, limit);
  }
  const { rows, next } = await readSlice(byInstruction(db, query), after, limit, MOST_SEARCHED);
  return { rows: rows.map(({ came, ...row }) => ({ ...row, at: came ?? row.last_interaction })), next };
}

/** In the order of what is noted of when each person was there. */
function byPerson(db: Database, query: InboxQuery): KeyedList<Read, InboxKey> {
  const words = wordsOf(query.q);
  const lane = (after: InboxKey | undefined, until: InboxKey | undefined) =>
    laneOfUsers(db, 'last_interaction', query, after, until);
  return {
    filtered: words.length > 0 || query.view !== undefined,
    keyOf: (row) => [row.last_interaction, row.telegram_id],
    async ahead(after, rows) {
      const keys = lane(after, undefined).select(['telegram_users.last_interaction', 'telegram_users.telegram_id']);
      const key = await rowAhead(keys, rows);
      return key && [key.last_interaction, key.telegram_id];
    },
    read(after, until, limit) {
      let rows = lane(after, until)
        .leftJoin('tpv_instances', 'tpv_instances.id', 'telegram_users.tpv_id')
        .selectAll('telegram_users')
        .select(['tpv_instances.name as tpv_name', ...tellingRows(query)])
        .select([sql<number | null>`null`.as('because'), lastOwn(query.scope).as('came')]);
      for (const word of words) rows = rows.where(contains(db.read, 'telegram_users.search', word));
      return rows.limit(limit).execute();
    },
    // Not in the query: of 2,000 persons, of whom none is meant, it would take too long at once.
    matches: query.view === undefined ? undefined : (row) => row.unanswered === 1,
  };
}

/** By what is open, or what failed. Who has several of these is on one page once; a later page may have them again. */
function byInstruction(db: Database, query: InboxQuery): KeyedList<Read, InboxKey> {
  const { view, q, tpvId, within, scope, assigned } = query;
  const words = wordsOf(q);
  const lane = (after: InboxKey | undefined, until: InboxKey | undefined) => {
    let rows = db.read.selectFrom('instructions');
    // As literals: by a parameter no partial index is found.
    if (view === 'waiting') rows = rows.where('instructions.completed_at', 'is', null);
    else rows = rows.where(sql<boolean>`instructions.status = 'failed'`);
    if (after !== undefined) rows = rows.where('instructions.seq', '<', after[0]);
    if (until !== undefined) rows = rows.where('instructions.seq', '>=', until[0]);
    return rows.orderBy('instructions.seq', 'desc');
  };
  const onPage = new Set<number>();
  return {
    filtered: true,
    keyOf: (row) => [row.because ?? 0, 0],
    async ahead(after, rows) {
      const row = await rowAhead(lane(after, undefined).select('instructions.seq'), rows);
      return row && [row.seq, 0];
    },
    read(after, until, limit) {
      let rows = lane(after, until)
        .innerJoin('telegram_users', 'telegram_users.telegram_id', 'instructions.telegram_user_id')
        .leftJoin('tpv_instances', 'tpv_instances.id', 'telegram_users.tpv_id')
        .selectAll('telegram_users')
        .select(['tpv_instances.name as tpv_name', ...tellingRows(query)])
        .select(['instructions.seq as because', 'instructions.created_at as came'])
        .where('instructions.retried_as', 'is', null);
      // Written so that no index fits: one that does not have the rows in their order would be worse than none.
      if (tpvId !== undefined) rows = rows.where(sql<boolean>`telegram_users.tpv_id || '' = ${tpvId}`);
      if (within !== undefined) rows = rows.where(ofTpvs('telegram_users.tpv_id', within));
      if (scope !== undefined) rows = rows.where(ofTpvs('instructions.tpv_id', scope));
      if (assigned === false) rows = rows.where(sql<boolean>`coalesce(telegram_users.tpv_id, '') = ''`);
      for (const word of words) rows = rows.where(contains(db.read, 'telegram_users.search', word));
      return rows.limit(limit).execute();
    },
    matches({ telegram_id: id }) {
      if (onPage.has(id)) return false;
      onPage.add(id);
      return true;
    },
  };
}
