import { parseJson } from '../db/json-text.ts';
import type { Database } from '../db/open.ts';
import { type Change, changedMessage, checkChange, keyboardText, mergedChange } from './change.ts';
import type { PushRow } from './message.ts';
import { editedPush } from './push-store.ts';

/** Whether a message answers a test order: Telegram never had it. */
export function answersTest({ options }: Pick<PushRow, 'options'>): boolean {
  return options !== null && parseJson(options).test !== undefined;
}

/**
 * Changes an answer to a test order where administrators see it. One that is deleted stays: they look at what happened.
 * @throws HubError `invalid_request`: too long, or a text for what has none
 */
export async function changeTestAnswer(db: Pick<Database, 'transact'>, row: PushRow, change: Change): Promise<PushRow> {
  checkChange(row, change);
  if (change.deletes === true) return row;
  return db.transact(async (tx) => {
    const keyboard = await change.keyboard?.(tx);
    const content = mergedChange(undefined, change, keyboard && keyboardText(keyboard));
    const { next } = changedMessage(row, { ...content, parse_mode: content.parseMode });
    const [edited] = await tx.run(editedPush, {
      id: row.id,
      chatId: row.chat_id,
      text: next.text,
      parseMode: next.parse_mode,
      plain: 0,
      markup: next.reply_markup,
    });
    tx.changed('push', row.id);
    return edited ?? row;
  });
}
