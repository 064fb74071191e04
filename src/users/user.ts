import type { Selectable } from 'kysely';
import type { Database, Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { TelegramUserTable } from '../db/schema.ts';
import { searchable } from '../db/searchable.ts';
import { statement } from '../db/statement.ts';
import { readSlice, rowAhead } from '../db/windows.ts';
import type { Tpv } from '../tpvs/tpv.ts';

/** A person in Telegram. */
export type TelegramUser = Selectable<TelegramUserTable>;

/** What an update says of its sender. */
export interface Profile {
  telegramId: number;
  username: string | null;
  firstName: string;
  lastName: string;
  languageCode: string;
  /** The topic of the chat that they write in; null: in none. Undefined: the update does not say. */
  topic?: number | null;
}

interface Touch {
  id: number;
  username: string | null;
  first: string;
  last: string;
  language: string;
  active: number;
  search: string;
  topic: number | null;
  now: number;
}

const touch = statement<Touch>()((db, p) =>
  db
    .insertInto('telegram_users')
    .values({
      telegram_id: p('id'),
      username: p('username'),
      first_name: p('first'),
      last_name: p('last'),
      language_code: p('language'),
      is_active: p('active'),
      tpv_id: null,
      created_at: p('now'),
      last_interaction: p('now'),
      unassigned_told_at: null,
      search: p('search'),
      topic_id: p('topic'),
    })
    .onConflict((c) =>
      c.column('telegram_id').doUpdateSet((eb) => ({
        username: eb.ref('excluded.username'),
        first_name: eb.ref('excluded.first_name'),
        last_name: eb.ref('excluded.last_name'),
        language_code: eb.ref('excluded.language_code'),
        is_active: eb.ref('excluded.is_active'),
        last_interaction: eb.ref('excluded.last_interaction'),
        search: eb.ref('excluded.search'),
        topic_id: eb.ref('excluded.topic_id'),
      })),
    )
    .returning(['tpv_id', 'unassigned_told_at']),
);

/** What is known of a person, as `touch` would write it, and of the TPV that attends them. */
const known = statement<{ id: number }>()((db, p) =>
  db
    .selectFrom('telegram_users as u')
    .leftJoin('tpv_instances as t', 't.id', 'u.tpv_id')
    .select(['u.username', 'u.first_name', 'u.last_name', 'u.language_code', 'u.is_active', 'u.last_interaction'])
    .select(['u.tpv_id', 'u.unassigned_told_at', 'u.topic_id', 't.online_until', 't.service'])
    .where('u.telegram_id', '=', p('id')),
);

/** `last_interaction` is this old at most while a person writes: one who says much is written down once a minute. */
export const NOTED_EVERY_MS = 60_000;

/** Whether a person's `last_interaction` is as good as now. */
function isNoted(lastInteraction: number, now: number): boolean {
  return lastInteraction <= now && lastInteraction > now - NOTED_EVERY_MS;
}

const noteTime = statement<{ id: number; now: number }>()((db, p) =>
  db
    .updateTable('telegram_users')
    .set({ last_interaction: p('now') })
    .where('telegram_id', '=', p('id')),
);

/** Notes that a person who is known was there, once a minute. */
export async function noteContact(tx: Run, id: number, lastInteraction: number, now: number): Promise<void> {
  if (!isNoted(lastInteraction, now)) await tx.run(noteTime, { id, now });
}

/** What assigning needs to know of a person who just wrote. */
export interface TouchedUser {
  tpvId: string | null;
  /** Whether the person has read that no TPV is free. */
  told: boolean;
  /** Whether this is the first that the hub hears of them. */
  isNew: boolean;
  /** Their TPV, as far as it tells who attends now; undefined: none attended them before. */
  tpv: Pick<Tpv, 'id' | 'online_until' | 'service'> | undefined;
}

/** The key of transactions about a person, and what is said to them: a private chat has its person's id. */
export function personKey(telegramId: number): string {
  return `person ${telegramId}`;
}

type Run = Pick<Tx, 'run'>;

/**
 * Registers the person, or brings what is known of them up to date; where that is what is known, nothing is written.
 * @param active false if the person blocked the bot
 */
export async function touchUser(tx: Run, profile: Profile, now: number, active = true): Promise<TouchedUser> {
  const username = storable(profile.username);
  const first = storable(profile.firstName) ?? '';
  const last = storable(profile.lastName) ?? '';
  const language = storable(profile.languageCode) ?? '';
  const id = profile.telegramId;
  const [before] = await tx.run(known, { id });
  const tpv =
    before === undefined || before.tpv_id === null
      ? undefined
      : { id: before.tpv_id, online_until: before.online_until, service: before.service };
  const topic = profile.topic === undefined ? (before?.topic_id ?? null) : profile.topic;
  if (
    before !== undefined &&
    before.username === username &&
    before.first_name === first &&
    before.last_name === last &&
    before.language_code === language &&
    before.topic_id === topic &&
    before.is_active === (active ? 1 : 0) &&
    isNoted(before.last_interaction, now)
  ) {
    return { tpvId: before.tpv_id, told: before.unassigned_told_at !== null, isNew: false, tpv };
  }
  const [row] = await tx.run(touch, {
    id,
    username,
    first,
    last,
    language,
    active: active ? 1 : 0,
    search: searchable(`${first} ${last} ${username ?? ''} ${profile.telegramId}`),
    topic,
    now,
  });
  return { tpvId: row?.tpv_id ?? null, told: row?.unassigned_told_at != null, isNew: before === undefined, tpv };
}

/** The person, if they are one of this TPV's users. */
export const userOfTpv = statement<{ telegramId: number; tpvId: string }>()((db, p) =>
  db
    .selectFrom('telegram_users')
    .select(['telegram_id', 'topic_id'])
    .where('telegram_id', '=', p('telegramId'))
    .where('tpv_id', '=', p('tpvId')),
);

/** A person who wrote to the bot at least once, whichever TPV attends them. */
export const userById = statement<{ telegramId: number }>()((db, p) =>
  db.selectFrom('telegram_users').select('telegram_id').where('telegram_id', '=', p('telegramId')),
);

/**
 * The language in which a person's Telegram is, as Telegram says it (empty where it does not), and the topic of the chat
 * that they wrote in last.
 */
export const waysOfUser = statement<{ telegramId: number }>()((db, p) =>
  db.selectFrom('telegram_users').select(['language_code', 'topic_id']).where('telegram_id', '=', p('telegramId')),
);

/** The TPV that attends a person; null: none. */
export const tpvOfUser = statement<{ telegramId: number }>()((db, p) =>
  db.selectFrom('telegram_users').select('tpv_id').where('telegram_id', '=', p('telegramId')),
);

/** Telegram does not let the bot write to them: they blocked it, or are gone. */
export const markUnreachable = statement<{ telegramId: number }>()((db, p) =>
  db.updateTable('telegram_users').set({ is_active: 0 }).where('telegram_id', '=', p('telegramId')),
);

/** An administrator says whether the bot can write to the person. */
export const setUserActive = statement<{ telegramId: number; active: number }>()((db, p) =>
  db
    .updateTable('telegram_users')
    .set({ is_active: p('active') })
    .where('telegram_id', '=', p('telegramId')),
);

/** A page of a TPV's users, in the order of their Telegram ids. */
export const usersOfTpv = statement<{ tpvId: string; after: number; limit: number }>()((db, p) =>
  db
    .selectFrom('telegram_users')
    .selectAll()
    .where('tpv_id', '=', p('tpvId'))
    .where('telegram_id', '>', p('after'))
    .orderBy('telegram_id')
    .limit(p('limit')),
);

/** The same, but only those to whom the bot can write, or only the others: read window by window. */
export async function usersOfTpvByActivity(
  db: Database,
  { tpvId, after, limit, active }: { tpvId: string; after: number; limit: number; active: boolean },
): Promise<TelegramUser[]> {
  const behind = (id = after) =>
    db.read
      .selectFrom('telegram_users')
      .where('tpv_id', '=', tpvId)
      .where('telegram_id', '>', id)
      .orderBy('telegram_id');
  const { rows } = await readSlice<TelegramUser, number>(
    {
      filtered: true,
      keyOf: (user) => user.telegram_id,
      ahead: async (id, further) => (await rowAhead(behind(id).select('telegram_id'), further))?.telegram_id,
      read: (id, until, most) =>
        behind(id)
          .selectAll()
          .where('is_active', '=', active ? 1 : 0)
          .$if(until !== undefined, (users) => users.where('telegram_id', '<=', until ?? 0))
          .limit(most)
          .execute(),
    },
    undefined,
    limit,
    Number.POSITIVE_INFINITY,
  );
  return rows;
}
