import type { Kysely } from 'kysely';
import type { IfUnknown } from '#protocol';
import type { ParseMode, PushKind, PushMessageTable, PushStatus } from '../db/push-tables.ts';
import type { Schema } from '../db/schema.ts';
import { type Parameters, statement } from '../db/statement.ts';
import { NOBODY } from '../users/nobody.ts';
import type { PushRow } from './message.ts';

export const insertPush = statement<{
  id: string;
  tpvId: string | null;
  chatId: number;
  kind: PushKind;
  text: string;
  parseMode: ParseMode;
  data: PushMessageTable['data'];
  silent: number;
  markup: PushMessageTable['reply_markup'];
  key: string | null;
  hash: string | null;
  ifUnknown: IfUnknown;
  uploadBytes: number | null;
  options: PushRow['options'];
  now: number;
}>()((db, p) =>
  db.insertInto('push_messages').values({
    id: p('id'),
    tpv_id: p('tpvId'),
    chat_id: p('chatId'),
    kind: p('kind'),
    text: p('text'),
    parse_mode: p('parseMode'),
    data: p('data'),
    disable_notification: p('silent'),
    reply_markup: p('markup'),
    status: 'pending',
    idempotency_key: p('key'),
    body_hash: p('hash'),
    if_unknown: p('ifUnknown'),
    created_at: p('now'),
    queued_at: p('now'),
    not_before: p('now'),
    upload_bytes: p('uploadBytes'),
    options: p('options'),
  }),
);

export const pushById = statement<{ id: string }>()((db, p) =>
  db.selectFrom('push_messages').selectAll().where('id', '=', p('id')),
);

/** One message of this TPV; another TPV's is not there. */
export const pushOfTpv = statement<{ id: string; tpvId: string }>()((db, p) =>
  db.selectFrom('push_messages').selectAll().where('id', '=', p('id')).where('tpv_id', '=', p('tpvId')),
);

export const pushByKey = statement<{ tpvId: string; key: string }>()((db, p) =>
  db.selectFrom('push_messages').selectAll().where('tpv_id', '=', p('tpvId')).where('idempotency_key', '=', p('key')),
);

/** The key names nothing any more, and may name another message. */
export const releaseKey = statement<{ id: string }>()((db, p) =>
  db.updateTable('push_messages').set({ idempotency_key: null, body_hash: null }).where('id', '=', p('id')),
);

/** The message of this TPV that a chat shows under Telegram's number. */
export const pushInChat = statement<{ tpvId: string; chatId: number; messageId: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .selectAll()
    .where('chat_id', '=', p('chatId'))
    .where('telegram_message_id', '=', p('messageId'))
    .where('tpv_id', '=', p('tpvId')),
);

/** The next message of a chat, and the one after it. */
export const headOfChat = statement<{ chatId: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .selectAll()
    .where('chat_id', '=', p('chatId'))
    .where('not_before', 'is not', null)
    .where('status', '=', 'pending')
    .orderBy('seq')
    .limit(2),
);

/** Messages of the hub itself that wait for nothing but their turn. */
export const hubPushesInTurn = statement<{ now: number; most: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .select('id')
    .where('tpv_id', 'is', null)
    .where('status', '=', 'pending')
    .where('not_before', '<=', p('now'))
    .limit(p('most')),
);

/** Says that it leaves now; a crash after this commit makes it `unknown`. */
export const markSending = statement<{ id: string }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set((eb) => ({ status: 'sending', attempts: eb('attempts', '+', 1) }))
    .where('id', '=', p('id'))
    .where('status', '=', 'pending')
    .returningAll(),
);

export interface Settled {
  id: string;
  status: Extract<PushStatus, 'sent' | 'failed' | 'unknown'>;
  messageId: number | null;
  code: number | null;
  error: string;
  plain: number;
  sentAt: number | null;
}

/** How the message ended. */
export const settlePush = statement<Settled>()((db, p) => settling(db, p));

export function settling(db: Kysely<Schema>, p: Parameters<Settled>) {
  return db
    .updateTable('push_messages')
    .set((eb) => ({
      // A press may have shown that it is in the chat, and its number, although Telegram's answer never came.
      status: eb
        .case()
        .when(
          eb.and([eb(eb.cast<string>(p('status'), 'text'), '=', 'unknown'), eb('telegram_message_id', 'is not', null)]),
        )
        .then(eb.val<PushStatus>('sent'))
        .else(eb.cast<PushStatus>(p('status'), 'text'))
        .end(),
      telegram_message_id: eb.fn.coalesce(eb.cast<number | null>(p('messageId'), 'bigint'), 'telegram_message_id'),
      error_code: p('code'),
      error_message: p('error'),
      sent_as_plain: p('plain'),
      sent_at: p('sentAt'),
      not_before: null,
    }))
    .where('id', '=', p('id'));
}

/** What its message carries, once Telegram has said what it calls it. */
export const keepSentFile = statement<{ id: string; data: PushMessageTable['data'] }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ data: p('data') })
    .where('id', '=', p('id')),
);

/** One of its buttons was pressed: it is in the chat, under this number. */
export const seenInChat = statement<{ id: string; messageId: number }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set((eb) => ({
      telegram_message_id: p('messageId'),
      status: eb.case().when('status', '=', 'unknown').then(eb.val<PushStatus>('sent')).else(eb.ref('status')).end(),
    }))
    .where('id', '=', p('id'))
    .where('telegram_message_id', 'is', null),
);

/** Nothing left, or Telegram said no for now: it waits for another try. */
export const postponePush = statement<{ id: string; notBefore: number; error: string }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ status: 'pending', not_before: p('notBefore'), error_message: p('error') })
    .where('id', '=', p('id')),
);

/** The hub has what its URL gives; not where it left, or ended, meanwhile. */
export const keepFetched = statement<{ id: string; data: PushMessageTable['data']; bytes: number }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ data: p('data'), upload_bytes: p('bytes') })
    .where('id', '=', p('id'))
    .where('status', '=', 'pending')
    .returning('id'),
);

/** It may have arrived, and goes once more; not where a press has shown it in its chat meanwhile. */
export const sendAgain = statement<{ id: string; notBefore: number; error: string }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set((eb) => ({
      status: 'pending',
      not_before: p('notBefore'),
      error_message: p('error'),
      sent_again: eb('sent_again', '+', 1),
    }))
    .where('id', '=', p('id'))
    .where('telegram_message_id', 'is', null)
    .returning('id'),
);

/** A person decided to send it once more. */
export const resendPush = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({
      status: 'pending',
      queued_at: p('now'),
      not_before: p('now'),
      attempts: 0,
      error_message: '',
      error_code: null,
    })
    .where('id', '=', p('id'))
    .where('status', 'in', ['unknown', 'failed'])
    // An erased message is no person's.
    .where('chat_id', '!=', NOBODY)
    .returningAll(),
);

/** A person found out whether it arrived. */
export const resolvePush = statement<{ id: string; status: 'sent' | 'failed' }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ status: p('status') })
    .where('id', '=', p('id'))
    .where('status', '=', 'unknown')
    .returningAll(),
);

/** A group became a supergroup: everything that waits for it goes there. */
export const moveChat = statement<{ from: number; to: number }>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({ chat_id: p('to') })
    .where('chat_id', '=', p('from'))
    .where('not_before', 'is not', null),
);

/** What the message became in Telegram. */
export const editedPush = statement<{
  id: string;
  chatId: number;
  text: string;
  parseMode: ParseMode;
  plain: number;
  markup: PushMessageTable['reply_markup'];
}>()((db, p) =>
  db
    .updateTable('push_messages')
    .set({
      text: p('text'),
      parse_mode: p('parseMode'),
      sent_as_plain: p('plain'),
      reply_markup: p('markup'),
      error_message: '',
    })
    .where('id', '=', p('id'))
    // Erased meanwhile, it is in no chat.
    .where('chat_id', '=', p('chatId'))
    .returningAll(),
);
