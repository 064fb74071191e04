import type { Api, RawApi } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
import type { ParseMode } from '../../db/push-tables.ts';
import { buttonsOf } from '../../push/change.ts';
import type { PushRow } from '../../push/message.ts';
import type { ChangeOutcome, ChangePort } from '../../push/send-port.ts';
import { refusedOrFault, UNPARSABLE } from './sender.ts';

/** Telegram's answer to an edit that changes nothing: the message is as it should be. */
const NOT_MODIFIED = /message is not modified/i;
/** A deleted message that is not there any more is deleted. */
const ALREADY_GONE = /message to delete not found/i;

/** Changes and deletes messages, and ends the spinner on buttons, through grammY's Api. */
export function telegramChanger(
  api: Api<RawApi>,
): ChangePort & { answerPress(queryId: string, text: string, alert: boolean): Promise<boolean> } {
  return {
    async edit(row, alternatives) {
      const mode = row.parse_mode;
      const first = await attempt(() => edit(api, row, mode), NOT_MODIFIED);
      if (mode === 'none' || !isUnparsable(first)) return first;
      for (const text of alternatives) {
        const other = await attempt(() => edit(api, { ...row, text }, mode), NOT_MODIFIED);
        if (other.kind === 'changed') return { ...other, text };
        if (!isUnparsable(other)) return other;
      }
      const last = await attempt(() => edit(api, row, 'none'), NOT_MODIFIED);
      return last.kind === 'changed' ? { ...last, asPlain: true } : last;
    },
    editButtons: (row) =>
      attempt(
        () => api.editMessageReplyMarkup(row.chat_id, messageId(row), { reply_markup: keyboardOf(row) }),
        NOT_MODIFIED,
      ),
    delete: (row) => attempt(() => api.deleteMessage(row.chat_id, messageId(row)), ALREADY_GONE),
    async answerPress(queryId, text, alert) {
      const outcome = await attempt(() => api.answerCallbackQuery(queryId, { text, show_alert: alert }));
      return outcome.kind === 'changed';
    },
  };
}

async function attempt(request: () => Promise<unknown>, fine?: RegExp): Promise<ChangeOutcome> {
  try {
    await request();
    return { kind: 'changed', asPlain: false };
  } catch (error) {
    const outcome = refusedOrFault(error);
    if (outcome.kind === 'refused' && fine?.test(outcome.description)) return { kind: 'changed', asPlain: false };
    return outcome;
  }
}

function isUnparsable(outcome: ChangeOutcome): boolean {
  return outcome.kind === 'refused' && UNPARSABLE.test(outcome.description);
}

function edit(api: Api<RawApi>, row: PushRow, mode: ParseMode): Promise<unknown> {
  const other = { reply_markup: keyboardOf(row), ...(mode !== 'none' && { parse_mode: mode }) };
  if (row.kind === 'text') return api.editMessageText(row.chat_id, messageId(row), row.text, other);
  return api.editMessageCaption(row.chat_id, messageId(row), { caption: row.text, ...other });
}

function keyboardOf(row: PushRow): InlineKeyboardMarkup {
  return { inline_keyboard: buttonsOf(row.reply_markup) };
}

function messageId(row: Pick<PushRow, 'telegram_message_id'>): number {
  if (row.telegram_message_id === null) throw new Error('A message that was not sent can not be changed.');
  return row.telegram_message_id;
}
