import type { Tx } from '../db/open.ts';
import type { InlineButton, InlineKeyboard } from '../db/push-tables.ts';

/** A press on a button of the hub's own. A client may send any data along with a press: an action trusts none of it. */
export interface HubPress {
  /** Who pressed; in a private chat also the chat. */
  personId: number;
  /** As the person's Telegram says it; empty where it does not. */
  languageCode: string;
  /** What the button carries besides its action; empty where it carries nothing. */
  arg: string;
}

/** What the person who pressed sees. */
export interface HubPressAnswer {
  /** Over the chat, at most 200 characters; empty: the spinner ends, and no more. */
  text: string;
  /** Whether the text has to be closed by hand. */
  alert?: boolean;
  /** What the pressed message becomes, as HTML; buttons that are not named here go. Absent: it stays. */
  message?: { text: string; keyboard?: InlineKeyboard };
}

/** Does what a button asks for, in the transaction that keeps the press; the answer is given after the commit. */
export type HubAction = (tx: Tx, press: HubPress, now: number) => Promise<HubPressAnswer>;

/** What each button of the hub's own does, by its action's name. */
export type HubActions = Readonly<Record<string, HubAction>>;

/** Telegram's limit for `callback_data`, in bytes. */
const MAX_DATA_BYTES = 64;
/** No TPV's button looks like it: a token has no colon, and what older TPVs ask for has a bar. */
const DATA = /^hub:([a-z_]+)(?::([^|]*))?$/;

/**
 * A button of the hub's own; `action` must be one of those that the hub knows (`hubActions` in src/hub/inbound.ts).
 * @throws Error if Telegram would not take its data
 */
export function hubButton(text: string, action: string, arg = ''): InlineButton {
  const data = arg === '' ? `hub:${action}` : `hub:${action}:${arg}`;
  if (!DATA.test(data) || Buffer.byteLength(data) > MAX_DATA_BYTES) throw new Error(`No button can carry ${data}.`);
  return { text, callback_data: data };
}

/** Reads a button's data; undefined: it is not the hub's own. */
export function hubButtonOf(data: string): { action: string; arg: string } | undefined {
  const [, action, arg = ''] = DATA.exec(data) ?? [];
  return action === undefined ? undefined : { action, arg };
}
