import { parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import type { HubError } from '../errors.ts';
import { SPANISH } from '../wording/wording.ts';
import { type Change, keyboardText, mergedChange, tokensOf } from './change.ts';
import { type ChangeRow, changeOfPush, endChange, insertChange, noteOnPush, replaceChange } from './change-store.ts';
import { enqueue, hubSentence } from './enqueue.ts';
import type { PushRow } from './message.ts';

/** Forgets buttons that no message shows any more. */
export type RetireButtons = (tx: Tx, tokens: readonly string[]) => Promise<void>;

/**
 * Makes a change durable, as part of the caller's transaction; it joins one of the same message that waits.
 * @param isUnderWay whether Telegram is being asked for the one that waits
 * @returns the version that is to be waited for
 */
export async function keepChange(
  tx: Tx,
  row: PushRow,
  change: Change,
  { isUnderWay, retireButtons, now }: { isUnderWay: boolean; retireButtons: RetireButtons; now: number },
): Promise<number> {
  const { id: pushId, chat_id: chatId, tpv_id: tpvId } = row;
  const [before] = await tx.run(changeOfPush, { pushId });
  // Made before Telegram shows them, as the person may press at once; the buttons of now work until then.
  const keyboard = await change.keyboard?.(tx);
  // After a try of unknown fate the person may see the buttons of the change that waited.
  const isUnseen = before?.attempts === 0 && !isUnderWay;
  if (keyboard !== undefined && isUnseen) await retireButtons(tx, tokensOf(before.markup));
  const content = mergedChange(before, change, keyboard && keyboardText(keyboard));
  if (before === undefined) await tx.run(insertChange, { ...content, pushId, chatId, tpvId, now });
  else await tx.run(replaceChange, { ...content, pushId });
  tx.emit({ type: 'push.queued', chatId, tpvId });
  return (before?.version ?? 0) + 1;
}

/** Ends a change that Telegram refused; what a newer one took over of it is refused with it. */
export async function endRefused(tx: Tx, refused: ChangeRow): Promise<void> {
  const { push_id: pushId, version } = refused;
  await tx.run(endChange, { pushId, version });
  const [newer] = await tx.run(changeOfPush, { pushId });
  if (newer === undefined) return;
  const isOwnText = newer.text !== refused.text || newer.parse_mode !== refused.parse_mode;
  const content = {
    text: isOwnText ? newer.text : null,
    parseMode: isOwnText ? newer.parse_mode : null,
    addition: newer.addition === refused.addition ? null : newer.addition,
    markup: newer.markup === refused.markup ? null : newer.markup,
    dropsButtons: newer.drops_buttons,
    deletes: newer.deletes,
  };
  const isEmpty =
    content.text === null && content.addition === null && content.markup === null && content.deletes === 0;
  // Where nothing of its own is left, the newer one asked for the same: it is tried, and refused, like the first.
  if (!isEmpty) await tx.run(replaceChange, { ...content, pushId });
}

/**
 * Says on the message why a change was not made, as no caller hears it: the process that was asked has ended. What it
 * would have added is an answer to its person, who gets it as a message of its own.
 */
export async function tellUnheard(
  tx: Tx,
  row: PushRow,
  change: ChangeRow,
  fault: HubError,
  now: number,
): Promise<void> {
  const reason = fault.reason(SPANISH.words);
  const error = `el cambio no se hizo: ${reason}`;
  const [noted] = await tx.run(noteOnPush, { id: row.id, chatId: row.chat_id, error });
  if (noted === undefined) return;
  tx.changed('push', row.id);
  if (change.addition === null) return;
  const topic = row.options === null ? null : parseJson(row.options).topic;
  await enqueue(tx, { ...hubSentence(row.chat_id, change.addition, { topic }), parseMode: row.parse_mode }, now);
}
