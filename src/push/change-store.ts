import type { Selectable } from 'kysely';
import type { Database } from '../db/open.ts';
import type { ParseMode, PushChangeTable } from '../db/push-tables.ts';
import { statement } from '../db/statement.ts';

export type ChangeRow = Selectable<PushChangeTable>;

/** What a change of a message wants. */
export interface ChangeContent {
  text: string | null;
  parseMode: ParseMode | null;
  addition: string | null;
  markup: PushChangeTable['markup'];
  dropsButtons: number;
  deletes: number;
}

export const insertChange = statement<
  ChangeContent & { pushId: string; chatId: number; tpvId: string | null; now: number }
>()((db, p) =>
  db.insertInto('push_changes').values({
    push_id: p('pushId'),
    chat_id: p('chatId'),
    tpv_id: p('tpvId'),
    version: 1,
    text: p('text'),
    parse_mode: p('parseMode'),
    addition: p('addition'),
    markup: p('markup'),
    drops_buttons: p('dropsButtons'),
    deletes: p('deletes'),
    attempts: 0,
    asked_at: p('now'),
    not_before: p('now'),
  }),
);

/** A newer change of the same message takes the place of one that waits. */
export const replaceChange = statement<ChangeContent & { pushId: string }>()((db, p) =>
  db
    .updateTable('push_changes')
    .set((eb) => ({
      version: eb('version', '+', 1),
      text: p('text'),
      parse_mode: p('parseMode'),
      addition: p('addition'),
      markup: p('markup'),
      drops_buttons: p('dropsButtons'),
      deletes: p('deletes'),
    }))
    .where('push_id', '=', p('pushId')),
);

export const changeOfPush = statement<{ pushId: string }>()((db, p) =>
  db.selectFrom('push_changes').selectAll().where('push_id', '=', p('pushId')),
);

/** Whether a change of this message is still to come. */
export async function isChanging(db: Pick<Database, 'query'>, pushId: string): Promise<boolean> {
  return (await db.query(changeOfPush, { pushId })).length > 0;
}

/** A chat's changes in the order in which they were asked for. */
export const changesOfChat = statement<{ chatId: number; limit: number }>()((db, p) =>
  db.selectFrom('push_changes').selectAll().where('chat_id', '=', p('chatId')).orderBy('asked_at').limit(p('limit')),
);

/** Chats in which changes wait, and a TPV that asked for one. */
export const changingChats = statement<object>()((db) =>
  db
    .selectFrom('push_changes')
    .select(['chat_id', (eb) => eb.fn.min('tpv_id').as('tpv_id')])
    .groupBy('chat_id'),
);

/** It is tried again: even where it may have arrived, as a change does the same once more. */
export const postponeChange = statement<{ pushId: string; notBefore: number; unsure: number }>()((db, p) =>
  db
    .updateTable('push_changes')
    .set((eb) => ({ attempts: eb('attempts', '+', p('unsure')), not_before: p('notBefore') }))
    .where('push_id', '=', p('pushId')),
);

/** It is over, unless a newer one took its place meanwhile. */
export const endChange = statement<{ pushId: string; version: number }>()((db, p) =>
  db.deleteFrom('push_changes').where('push_id', '=', p('pushId')).where('version', '=', p('version')),
);

/** What went wrong with a message that is in its chat all the same. */
export const noteOnPush = statement<{ id: string; chatId: number; error: string }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ error_message: p('error') })
    .where('id', '=', p('id'))
    // Erased meanwhile, it is in no chat.
    .where('chat_id', '=', p('chatId'))
    .returning('id'),
);
