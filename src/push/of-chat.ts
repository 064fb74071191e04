import { type RawBuilder, sql } from 'kysely';
import { ofTpvs } from '../db/of-tpvs.ts';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import type { PushRow } from './message.ts';

/** A message, and the name of the TPV that sent it. */
export type ChatPush = PushRow & { tpv_name: string | null };

/**
 * What was sent to a chat, the newest first, from before `before` on.
 * @param within only what these TPVs sent, and what was written by hand while one of them attended the person
 */
export async function pushesOfChat(
  db: Database,
  chatId: number,
  before: number | undefined,
  limit: number,
  within?: readonly string[],
): Promise<ChatPush[]> {
  return db.read
    .selectFrom('push_messages')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'push_messages.tpv_id')
    .selectAll('push_messages')
    .select('tpv_instances.name as tpv_name')
    .where('chat_id', '=', chatId)
    .$if(before !== undefined, (rows) => rows.where('seq', '<', before ?? 0))
    .$if(within !== undefined, (rows) => rows.where(saidBy('push_messages', within ?? [])))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
}

/**
 * Whether a message is of one of these TPVs: sent by it, or written by hand while it attended the person.
 * @param table as the query calls the table of messages
 */
export function saidBy(table: string, within: readonly string[]): RawBuilder<boolean> {
  const options = sql.ref(`${table}.options`);
  // JSON escapes the quotes of a name, so that none looks like it.
  const byHand = within.map((id) => sql<boolean>`${options} like ${`%"tpv":"${id}"%`}`);
  const byHandOf = byHand.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`(${sql.join(byHand, sql` or `)})`;
  return sql<boolean>`(${ofTpvs(`${table}.tpv_id`, within)} or (${sql.ref(`${table}.tpv_id`)} is null and ${byHandOf}))`;
}

/** The message of the hub itself that a chat shows under Telegram's number. */
export const hubPushInChat = statement<{ chatId: number; messageId: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .selectAll()
    .where('chat_id', '=', p('chatId'))
    .where('telegram_message_id', '=', p('messageId'))
    .where('tpv_id', 'is', null),
);
