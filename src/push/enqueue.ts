import type { IfUnknown } from '#protocol';
import { jsonText } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { InlineKeyboard, PushOptions, ReplyKeyboard, ReplyMarkup } from '../db/push-tables.ts';
import { uuidv7 } from '../ids.ts';
import { keyboardText } from './change.ts';
import type { OutboundMessage, PushRow } from './message.ts';
import { insertPush, settlePush } from './push-store.ts';

/** A message on its way into the queue. */
export interface PushRequest extends OutboundMessage {
  /** Null: the hub itself says it. */
  tpvId: string | null;
  chatId: number;
  /** Its buttons. */
  keyboard?: InlineKeyboard;
  /** In place of buttons: what it makes of the person's own keyboard. */
  replyKeyboard?: ReplyKeyboard | undefined;
  /** How it stands in its chat. */
  options?: PushOptions | undefined;
  /** What becomes of it if it may have arrived; `hold` where absent. */
  ifUnknown?: IfUnknown;
  /** If its id is known already (its buttons name it). */
  id?: string;
  /** `hash`: of the body that a TPV sent under a key of its own. */
  idempotency?: { key: string; hash?: string };
  /** What its file takes of the hub's disk. */
  uploadBytes?: number;
  /** The test order that it answers: it is kept as sent, and goes nowhere. */
  testOrder?: string | undefined;
  /** The instruction because of which the hub says it; its log lines name it. */
  because?: string;
}

/**
 * Puts a message into its chat's queue, as part of the caller's transaction; it goes out after the commit.
 * @returns its id
 */
export async function enqueue(tx: Tx, request: PushRequest, now: number): Promise<string> {
  const id = request.id ?? uuidv7(now);
  const { tpvId, chatId } = request;
  await tx.run(insertPush, {
    id,
    tpvId,
    chatId,
    kind: request.kind,
    text: request.text,
    parseMode: request.parseMode,
    data: jsonText(request.data),
    silent: request.disableNotification ? 1 : 0,
    markup: markupOf(request),
    key: request.idempotency?.key ?? (request.because === undefined ? null : `${request.because}:hub`),
    hash: request.idempotency?.hash ?? null,
    ifUnknown: request.ifUnknown ?? 'hold',
    uploadBytes: request.uploadBytes ?? null,
    options: optionsText(request),
    now,
  });
  if (request.testOrder === undefined) tx.emit({ type: 'push.queued', chatId, tpvId });
  else await tx.run(settlePush, { ...AS_SENT, id, messageId: now % MOST_MADE_UP, sentAt: now });
  tx.changed('push', id);
  return id;
}

/** What there is to settle of a message that no person gets. */
const AS_SENT = { status: 'sent', code: null, error: '', plain: 0 } as const;
/** Its number in no chat: TPVs go by one. Telegram's have 31 bits. */
const MOST_MADE_UP = 2 ** 31;

function optionsText({ options, testOrder }: PushRequest): PushRow['options'] {
  const all = testOrder === undefined ? options : { ...options, test: testOrder };
  return all === undefined ? null : jsonText(all);
}

function markupOf({ keyboard, replyKeyboard }: PushRequest): PushRow['reply_markup'] {
  if (replyKeyboard !== undefined) return jsonText<ReplyMarkup>(replyKeyboard);
  return keyboard === undefined ? null : keyboardText(keyboard);
}

/**
 * A sentence of the hub itself, as HTML: it comes at least once.
 * @param topic the topic of the chat in which its person is; null or absent: in none
 */
export function hubSentence(
  chatId: number,
  text: string,
  { keyboard, topic }: { keyboard?: InlineKeyboard | undefined; topic?: number | null | undefined } = {},
): PushRequest {
  return {
    tpvId: null,
    chatId,
    kind: 'text',
    text,
    parseMode: 'HTML',
    data: {},
    disableNotification: false,
    ifUnknown: 'resend',
    ...(keyboard && { keyboard }),
    ...(topic != null && { options: { topic } }),
  };
}

/**
 * Says a sentence of the hub itself, as part of the caller's transaction; one that an administrator emptied is not sent.
 * @returns the message's id, if there is one
 */
export async function say(tx: Tx, sentence: PushRequest, now: number): Promise<string | undefined> {
  return sentence.text.trim() === '' ? undefined : enqueue(tx, sentence, now);
}

/**
 * What an administrator writes in the bot's name, as it stands. If it may have arrived, an administrator decides.
 * @param by the administrator, as the audit log calls them
 * @param tpvId who attends the person now
 */
export function administratorMessage(
  chatId: number,
  text: string,
  { topic, by, tpvId }: { topic: number | null; by: string; tpvId: string | null },
): PushRequest {
  const options: PushOptions = { ...(topic !== null && { topic }), by, ...(tpvId !== null && { tpv: tpvId }) };
  return { ...hubSentence(chatId, text), parseMode: 'none', ifUnknown: 'hold', options };
}
