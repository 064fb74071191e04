import { type JsonText, jsonText, parseJson } from '../db/json-text.ts';
import type { Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import type { InlineKeyboard, KeyboardKey, ParseMode, ReplyMarkup } from '../db/push-tables.ts';
import { type ErrorDetail, HubError } from '../errors.ts';
import type { ChangeContent, ChangeRow } from './change-store.ts';
import { escapedFor } from './markup.ts';
import { faultsOfMessage, type PushRow } from './message.ts';
import type { ChangeOutcome } from './send-port.ts';

/** What is wanted of a message that Telegram has. */
export interface Change {
  text?: string | undefined;
  parseMode?: ParseMode | undefined;
  /** Appended to the text that the message has then. */
  addition?: string;
  /** The new buttons, made within the transaction that keeps them; absent: those that it has stay. */
  keyboard?: ((tx: Tx) => Promise<InlineKeyboard>) | undefined;
  /** Buttons that go are forgotten; absent: presses on them are still looked up. */
  dropsButtons?: true;
  deletes?: true;
}

/**
 * Asks for a change, and waits so many milliseconds for it.
 * @returns the message as it became; undefined where Telegram has not taken it yet: it is durable, and is done later
 */
export type AskChange = (row: PushRow, change: Change, ms: number) => Promise<PushRow | undefined>;

/** Telegram deletes what a bot sent for this long (core.telegram.org/bots/api#deletemessage). */
const DELETABLE_MS = 48 * 3_600_000;

/**
 * Checks a change before anything is asked for.
 * @throws HubError `invalid_request`: not sent yet, too long, or a text for what has none
 */
export function checkChange(row: PushRow, change: Change): void {
  checkSent(row);
  if (change.deletes !== true) checkEditable(row);
  const { addition, parseMode = row.parse_mode } = change;
  // A text that stays is no matter of this change; that of a message that was taken over may not be known.
  if (change.text !== undefined) checkText(row, change.text, parseMode);
  else if (addition !== undefined) checkText(row, appended(row.text, addition), parseMode);
}

/** What is wanted of a message once this joins what waits: the newest wins, field by field. */
export function mergedChange(
  before: ChangeRow | undefined,
  change: Change,
  markup: JsonText<ReplyMarkup> | undefined,
): ChangeContent {
  const text = change.text === undefined ? (before?.text ?? null) : storable(change.text);
  return {
    text,
    parseMode: change.parseMode ?? before?.parse_mode ?? null,
    addition: change.text === undefined ? joined(before?.addition ?? null, change.addition) : null,
    markup: markup ?? before?.markup ?? null,
    dropsButtons: Number(change.dropsButtons === true || before?.drops_buttons === 1),
    deletes: Number(change.deletes === true || before?.deletes === 1),
  };
}

function joined(before: string | null, addition: string | undefined): string | null {
  if (addition === undefined) return before;
  const next = storable(addition);
  return before === null || before === next ? next : appended(before, next);
}

/** A message as a change leaves it. */
export interface ChangedMessage {
  /** As it is asked for. */
  next: PushRow;
  /** Other texts for markup that can't be parsed, before the plain one. */
  alternatives: readonly string[];
  /** Whether only its buttons change. */
  buttonsOnly: boolean;
}

/**
 * Works a change into the message as it is now.
 * @throws HubError `invalid_request` where it got too long by that
 */
export function changedMessage(
  row: PushRow,
  change: Pick<ChangeRow, 'text' | 'addition' | 'markup' | 'parse_mode'>,
): ChangedMessage {
  const { text, addition, markup } = change;
  // Telegram takes buttons away if an edit brings none, so those that stay are sent again.
  const next = { ...row, parse_mode: change.parse_mode ?? row.parse_mode, reply_markup: markup ?? row.reply_markup };
  if (text === null && addition === null) return { next, alternatives: [], buttonsOnly: true };
  const base = text ?? row.text;
  next.text = addition === null ? base : appended(base, addition);
  checkText(row, next.text, next.parse_mode);
  const escaped = addition === null ? [] : [appended(base, escapedFor(next.parse_mode, addition))];
  return { next, alternatives: escaped.filter((one) => one !== next.text), buttonsOnly: false };
}

/** Whether a text ends with an addition, as it came or escaped. */
export function endsWithAddition({ text, parse_mode: mode }: PushRow, addition: string): boolean {
  return text.endsWith(addition) || text.endsWith(escapedFor(mode, addition));
}

function appended(text: string, addition: string): string {
  return text === '' ? addition : `${text}\n\n${addition}`;
}

function checkSent(row: PushRow): void {
  if (row.telegram_message_id !== null) return;
  const status = row.status === 'sending' ? 'pending' : row.status;
  throw new HubError('invalid_request', 'The message was not sent.', {
    details: [{ path: 'id', message: (say) => say.notSent(status) }],
  });
}

/** Telegram edits no message that brought a keyboard in place of the letters, or took one away. */
function checkEditable(row: PushRow): void {
  if (row.reply_markup === null || 'inline_keyboard' in parseJson(row.reply_markup)) return;
  throw new HubError('invalid_request', 'Telegram edits no message with a reply keyboard.', {
    details: [{ path: 'id', message: (say) => say.keyboardStays }],
  });
}

function checkText(row: PushRow, text: string, parseMode: ParseMode): void {
  const faults = faultsOfMessage({
    kind: row.kind,
    text,
    parseMode,
    data: parseJson(row.data),
    disableNotification: false,
  });
  if (row.kind === 'location') faults.push({ path: 'text', message: (say) => say.locationHasNoText });
  if (faults.length > 0)
    throw new HubError('invalid_request', 'Telegram would not take this text.', { details: faults });
}

/** What Telegram carries for the buttons of a keyboard as it is stored. */
export function tokensOf(markup: PushRow['reply_markup']): string[] {
  if (markup === null) return [];
  return buttonsOf(markup)
    .flat()
    .flatMap((button) => ('callback_data' in button ? [button.callback_data] : []));
}

/** The buttons under a message, row by row. */
export function buttonsOf(markup: PushRow['reply_markup']): InlineKeyboard {
  const parsed = markup === null ? undefined : parseJson(markup);
  return parsed !== undefined && 'inline_keyboard' in parsed ? parsed.inline_keyboard : [];
}

/** The keys that a message put in place of the letters, row by row. */
export function keysOf(markup: PushRow['reply_markup']): KeyboardKey[][] {
  const parsed = markup === null ? undefined : parseJson(markup);
  return parsed !== undefined && 'keyboard' in parsed ? parsed.keyboard : [];
}

export function keyboardText(keyboard: InlineKeyboard): JsonText<ReplyMarkup> {
  return jsonText({ inline_keyboard: keyboard });
}

/** Why Telegram did not take a change, in the caller's words. */
export function refusedChange(
  outcome: Extract<ChangeOutcome, { kind: 'refused' }>,
  row: PushRow,
  change: ChangeRow,
  now: number,
): HubError {
  const isLate = change.deletes === 1 && row.sent_at !== null && now - row.sent_at > DELETABLE_MS;
  const late: ErrorDetail = { path: 'id', message: (say) => say.tooOldToDelete };
  return new HubError('telegram_error', `Telegram refused a change: ${outcome.description}`, {
    details: [{ path: 'telegram', message: () => outcome.description }, ...(isLate ? [late] : [])],
    extra: { telegram_error_code: outcome.code },
  });
}

/** Why a change was not made: Telegram said nothing of it for too long. */
export function unreachableChange(why: string): HubError {
  return new HubError('unavailable', `Telegram can't be reached: ${why}`, { retryAfterSeconds: 5 });
}
