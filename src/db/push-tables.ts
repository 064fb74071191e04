import type { Generated } from 'kysely';
import type { IfUnknown } from '#protocol';
import type { JsonText } from './json-text.ts';

/** A file that was uploaded to the hub, kept until it is sent. */
export interface StoredFile {
  /** On the disk, or in the database (`uploads`), where it begins with `database:`. */
  path: string;
  name: string;
  mimeType: string;
}

/**
 * What a message carries besides its text; with a URL and a file, the hub fetched what Telegram does not. Once it was sent,
 * `sent_file_id` is what Telegram calls the file.
 */
export type PushData =
  | { url: string; sent_file_id?: string }
  | { file: StoredFile; url?: string; sent_file_id?: string }
  /** Telegram's id of a file that a person sent. */
  | { file_id: string }
  | { latitude: number; longitude: number }
  | object;

type ButtonStyle = 'primary' | 'success' | 'danger';

/** One button as Telegram takes it. */
export type InlineButton = { text: string; style?: ButtonStyle } & (
  | { callback_data: string }
  | { url: string }
  | { copy_text: { text: string } }
  | { web_app: { url: string } }
);
export type InlineKeyboard = InlineButton[][];

/** One key of a reply keyboard as Telegram takes it. */
export interface KeyboardKey {
  text: string;
  style?: ButtonStyle;
  request_contact?: true;
  request_location?: true;
  web_app?: { url: string };
}

/** The keyboard in place of the letters: another one, or none any more. */
export type ReplyKeyboard =
  | {
      keyboard: KeyboardKey[][];
      resize_keyboard: true;
      one_time_keyboard?: true;
      input_field_placeholder?: string;
    }
  | { remove_keyboard: true };

/** Telegram's `reply_markup`: buttons under the message, or a keyboard in place of the letters. */
export type ReplyMarkup = { inline_keyboard: InlineKeyboard } | ReplyKeyboard;

/** How a message stands in its chat, besides what it says. */
export interface PushOptions {
  /** Telegram's number of the message that it answers. */
  reply_to?: number;
  /** Telegram's number of the topic that it goes to. */
  topic?: number;
  /** Nobody may forward or save it. */
  protected?: true;
  /** The test order that it answers: it goes to no person, and is shown to administrators alone. */
  test?: string;
  /** The administrator who wrote it, as the audit log calls them. */
  by?: string;
  /** The TPV that attended the person when an administrator wrote it. */
  tpv?: string;
}

/** What a URL gets to know of a button, besides who pressed it. */
export interface ButtonForm {
  token: string;
  accion: string;
  uid_dispositivo: string;
  /** JSON. */
  metadata: string;
  /** 1: a button of an older TPV; only a call that succeeded uses it up. */
  legacy?: 1;
}

/** `sending`: on its way to Telegram right now; the API calls that `pending` too. */
export type PushStatus = 'pending' | 'sending' | 'sent' | 'failed' | 'unknown';
export type PushKind = 'text' | 'photo' | 'document' | 'location';
export type ParseMode = 'HTML' | 'MarkdownV2' | 'none';
export interface PushMessageTable {
  /** The order within a chat. */
  seq: Generated<number>;
  id: string;
  /** Null: the hub itself says it. */
  tpv_id: string | null;
  chat_id: number;
  kind: PushKind;
  /** The text, or the caption. */
  text: string;
  parse_mode: ParseMode;
  data: JsonText<PushData>;
  disable_notification: number;
  reply_markup: JsonText<ReplyMarkup> | null;
  status: PushStatus;
  telegram_message_id: number | null;
  /** Telegram's code, if it refused. */
  error_code: number | null;
  error_message: Generated<string>;
  attempts: Generated<number>;
  if_unknown: Generated<IfUnknown>;
  /** How often it was sent again by itself although it may have arrived. */
  sent_again: Generated<number>;
  /** 1: Telegram could not parse the markup, and got the text as it is. */
  sent_as_plain: Generated<number>;
  idempotency_key: string | null;
  /** SHA-256 of what came with that key. */
  body_hash: string | null;
  created_at: number;
  /** When it came, or was last asked to be sent once more. */
  queued_at: number;
  sent_at: number | null;
  /** When it may be tried (again); null once it is settled. */
  not_before: number | null;
  /** What its file takes of the hub's disk, or of its database; null without one. */
  upload_bytes: number | null;
  /** Null: as any message. */
  options: Generated<JsonText<PushOptions> | null>;
  /** In which term of the lease `telegram` it left last; null: by a hub that is alone. */
  sender_term: Generated<number | null>;
}

/** A part of a file that waits to be sent, where the database is a PostgreSQL. */
export interface UploadTable {
  id: string;
  /** 0, 1, … */
  part: number;
  /** 1: the file ends with it, and is whole. */
  is_last: number;
  bytes: Buffer;
  created_at: number;
}

/** A change of a sent message that Telegram has not taken yet: one a message, the newest. */
export interface PushChangeTable {
  push_id: string;
  chat_id: number;
  /** Of the message; null: the hub itself says it. */
  tpv_id: string | null;
  /** Counts the changes that were merged into this one. */
  version: number;
  /** The new text; null: the text stays. */
  text: string | null;
  parse_mode: ParseMode | null;
  /** Appended to the text that the message has then; escaped for its markup if that can't parse it. */
  addition: string | null;
  /** The new buttons; null: they stay. */
  markup: JsonText<ReplyMarkup> | null;
  /** 1: buttons that go are forgotten. 0: presses on them are still looked up. */
  drops_buttons: number;
  /** 1: the message is deleted, whatever else was wanted. */
  deletes: number;
  /** Tries of which it is unknown whether Telegram took them. */
  attempts: number;
  asked_at: number;
  not_before: number;
}

export interface ButtonTable {
  /** 128 random bits; all that Telegram gets to know. */
  token: string;
  push_id: string;
  tpv_id: string;
  telegram_user_id: number;
  /** What a press becomes: an instruction with this action … */
  action: string | null;
  /** What goes along. */
  data: JsonText<unknown> | null;
  /** … or a call of this URL, with these form fields. */
  callback_url: string | null;
  form: JsonText<ButtonForm> | null;
  single_use: number;
  expires_at: number;
  /** The last press that counted. */
  pressed_at: number | null;
  /** When a press used it up, together with its message's other buttons. */
  settled_at: number | null;
}

/** A press that waits for its answer. */
export interface PressTable {
  /** Telegram's id of the callback query. */
  query_id: string;
  token: string;
  instruction_id: string | null;
  telegram_user_id: number;
  pressed_at: number;
  /** When Telegram's spinner was ended. */
  answered_at: number | null;
  /** When the person saw how it went. */
  settled_at: number | null;
  /** The hub that shows it; null: one that is alone. */
  hub_id: Generated<string | null>;
}
