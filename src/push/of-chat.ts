import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import type { PushRow } from './message.ts';

/** A message, and the name of the TPV that sent it. */
export type ChatPush = PushRow & { tpv_name: string | null };

/** What was sent to a chat, the newest first, from before `before` on. */
export async function pushesOfChat(
  db: Database,
  chatId: number,
  before: number | undefined,
  limit: number,
): Promise<ChatPush[]> {
  return db.read
    .selectFrom('push_messages')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'push_messages.tpv_id')
    .selectAll('push_messages')
    .select('tpv_instances.name as tpv_name')
    .where('chat_id', '=', chatId)
    .$if(before !== undefined, (rows) => rows.where('seq', '<', before ?? 0))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
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
