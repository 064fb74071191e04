import { jsonText, parseJson } from '../db/json-text.ts';
import type { Database, Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { InlineKeyboard, ParseMode } from '../db/push-tables.ts';
import { HubError } from '../errors.ts';
import { faultsOfMessage, type PushRow } from './message.ts';
import { editedPush } from './push-store.ts';
import type { ChangeOutcome, ChangePort } from './send-port.ts';

export interface ChangePorts {
  db: Database;
  telegram: ChangePort;
  /** Forgets what these buttons do; absent: presses on those that a message had are still looked up. */
  dropButtons?: (tx: Tx, tokens: readonly string[]) => Promise<void>;
}

export interface Change {
  text?: string | undefined;
  parseMode?: ParseMode | undefined;
  /** The new buttons, made within the transaction that keeps them; absent: those that it has stay. */
  keyboard?: ((tx: Tx) => Promise<InlineKeyboard>) | undefined;
}

/**
 * Changes a message that Telegram has, and keeps what it became.
 * @returns the message as it is now
 * @throws HubError `invalid_request` (too long, or not sent yet), `telegram_error`, `too_many_requests`, `unavailable`
 */
export async function changePush(ports: ChangePorts, row: PushRow, change: Change): Promise<PushRow> {
  const { db, telegram } = ports;
  const text = change.text === undefined ? row.text : storable(change.text);
  const parseMode = change.parseMode ?? row.parse_mode;
  checkChange(row, change, text, parseMode);
  // Before Telegram shows them, as the person may press at once; the buttons of now work until then.
  const keyboard = await db.transact(async (tx) => change.keyboard?.(tx));
  // Telegram takes buttons away if an edit brings none, so those that stay are sent again.
  const markup = keyboard === undefined ? row.reply_markup : jsonText({ inline_keyboard: keyboard });
  const next = { ...row, text, parse_mode: parseMode, reply_markup: markup };
  const outcome = await (change.text === undefined ? telegram.editButtons(next) : telegram.edit(next));
  const drop = async (tx: Tx, from: PushRow) => {
    if (keyboard !== undefined) await ports.dropButtons?.(tx, tokensOf(from.reply_markup));
  };
  if (outcome.kind !== 'changed') {
    // Refused: the person never sees the new ones. Unknown: the person sees either, so both keep working.
    if (outcome.kind !== 'unknown') await db.transact((tx) => drop(tx, next));
    throw faultOf(outcome);
  }
  const plain = change.text === undefined ? row.sent_as_plain : Number(outcome.asPlain);
  return db.transact(async (tx) => {
    await drop(tx, row);
    const [edited] = await tx.run(editedPush, { id: row.id, text, parseMode, plain, markup });
    if (edited === undefined) throw new HubError('not_found', 'The message was deleted meanwhile.');
    tx.changed('push', row.id);
    return edited;
  });
}

/**
 * Deletes a message in Telegram.
 * @throws as `changePush`
 */
export async function deletePush(ports: Pick<ChangePorts, 'telegram'>, row: PushRow): Promise<void> {
  checkSent(row);
  const outcome = await ports.telegram.delete(row);
  if (outcome.kind !== 'changed') throw faultOf(outcome);
}

function checkSent(row: PushRow): void {
  if (row.telegram_message_id !== null) return;
  const status = row.status === 'sending' ? 'pending' : row.status;
  throw new HubError('invalid_request', 'The message was not sent.', {
    details: [{ path: 'id', message: `el mensaje no se ha enviado (está en «${status}»)` }],
  });
}

function checkChange(row: PushRow, change: Change, text: string, parseMode: ParseMode): void {
  checkSent(row);
  const data = parseJson(row.data);
  const faults = faultsOfMessage({ kind: row.kind, text, parseMode, data, disableNotification: false });
  if (change.text !== undefined && row.kind === 'location') {
    faults.push({ path: 'text', message: 'una ubicación no lleva texto' });
  }
  if (faults.length > 0)
    throw new HubError('invalid_request', 'Telegram would not take this text.', { details: faults });
}

/** What Telegram carries for the buttons of a keyboard as it is stored. */
function tokensOf(markup: PushRow['reply_markup']): string[] {
  if (markup === null) return [];
  const { inline_keyboard: rows } = parseJson(markup);
  return rows.flat().flatMap((button) => ('callback_data' in button ? [button.callback_data] : []));
}

function faultOf(outcome: Exclude<ChangeOutcome, { kind: 'changed' }>): HubError {
  switch (outcome.kind) {
    case 'refused':
      if (outcome.code === 429) {
        const retryAfterSeconds = Math.ceil((outcome.retryAfterMs ?? 1_000) / 1_000);
        return new HubError('too_many_requests', 'Telegram limits this chat.', { retryAfterSeconds });
      }
      return new HubError('telegram_error', `Telegram refused a change: ${outcome.description}`, {
        details: [{ path: 'telegram', message: outcome.description }],
        extra: { telegram_error_code: outcome.code },
      });
    case 'unreachable':
    case 'cut':
    case 'unknown':
      return new HubError('unavailable', `Telegram can't be reached: ${outcome.description}`, { retryAfterSeconds: 5 });
    default:
      return outcome satisfies never;
  }
}
