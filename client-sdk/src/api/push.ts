import { type HubClientError, RequestError } from '../errors.ts';
import { type Check, isFlag, isRecord, isText, isWhole, oneOf, orAbsent, shape } from '../wire/check.ts';
import type { FileSource, UploadSource } from './file.ts';

/** How Telegram reads a text's markup. */
export type ParseMode = 'HTML' | 'MarkdownV2' | 'none';

/** What a button looks like: blue, green or red. */
export type ButtonStyle = 'primary' | 'success' | 'danger';

/**
 * A button under a message. `action`: the press reaches this TPV as an instruction `process_callback`; `url`: opens it;
 * `web_app`: opens it within Telegram; `copy_text`: copies it; `callback_url`: the hub calls it.
 */
export type Button = { text: string; style?: ButtonStyle } & (
  | {
      action: string;
      /** Any JSON up to 4 KiB; it comes back with the press. */
      data?: unknown;
    }
  | { url: string }
  | {
      /** https. */
      web_app: string;
    }
  | {
      /** 1 to 256 characters. */
      copy_text: string;
    }
  | { callback_url: string }
);

/**
 * A key of a keyboard in place of the letters. A press reaches this TPV as a `process_message`: with the key's text, or
 * with what it asks for as an attachment.
 */
export interface Key {
  text: string;
  style?: ButtonStyle;
  /** The person's phone number, if they agree: `contact`. */
  request_contact?: boolean;
  /** Where the person is: `location`. */
  request_location?: boolean;
  /** Opens this page (https); what it hands back comes as `web_app_data`. */
  web_app?: string;
}

/** What every message to a person may have. */
export interface PushOptions {
  /** One of this TPV's own users. */
  telegram_user_id: number;
  /** Default `HTML`. Markup that Telegram can't read is sent again as plain text. */
  parse_mode?: ParseMode;
  disable_notification?: boolean;
  /** Rows of buttons: 8 in a row, 100 in all at most. */
  buttons?: readonly (readonly Button[])[];
  /** How long the buttons work, in seconds. Default 24 h. */
  expires_in?: number;
  /** The first press settles all the buttons. Default true. */
  single_use?: boolean;
  /**
   * What the hub does when it can't know whether Telegram took the message: `hold` leaves it `unknown` until someone
   * decides, `resend` sends it again, so that it comes at least once. Default: the hub's setting, `hold` at first.
   */
  if_unknown?: 'hold' | 'resend';
  /** Rows of keys that the person has in place of the letters from now on; `[]` takes them away. Not with `buttons`. */
  keyboard?: readonly (readonly Key[])[];
  /** The keyboard goes once a key was pressed. */
  one_time?: boolean;
  /** Shown in the empty field while the keyboard is there; 64 characters at most. */
  placeholder?: string;
  /** The `message_id` of a message in this chat that it answers; if that is gone, it goes without. */
  reply_to_message_id?: number;
  /** It can be neither forwarded nor saved. */
  protect_content?: boolean;
  /** The topic of the chat that it goes to, 0 for none. Default: that in which the person wrote last. */
  message_thread_id?: number;
}

/**
 * A message to a person. What it holds says what it is: a `photo`, a `document`, a `location`, or else a `text`.
 *
 * @example
 * { telegram_user_id: 123456789, text: '¡Tu pedido está listo! 🎉' }
 * { telegram_user_id: 123456789, photo: { path: 'plato.jpg' }, text: 'El plato del día' }
 * { telegram_user_id: 123456789, location: { latitude: 40.4168, longitude: -3.7038 } }
 */
export type PushMessage = TextPush | PhotoPush | DocumentPush | LocationPush;

/** A text. */
export interface TextPush extends PushOptions {
  /** 1 to 4,096 characters. */
  text: string;
  photo?: never;
  document?: never;
  location?: never;
}

/** A photo or a document that a person of this TPV sent: it goes out once more, as what it was. */
export interface ReceivedFile {
  /** Of an attachment of this TPV's instructions. */
  file_id: string;
}

/** A photo, with or without a caption. */
export interface PhotoPush extends PushOptions {
  /** 10 MB at most. */
  photo: FileSource | ReceivedFile;
  /** The caption, 1,024 characters at most. */
  text?: string;
  document?: never;
  location?: never;
}

/** A document, with or without a caption. */
export interface DocumentPush extends PushOptions {
  /** 50 MB at most. */
  document: FileSource | ReceivedFile;
  /** The caption, 1,024 characters at most. */
  text?: string;
  photo?: never;
  location?: never;
}

/** A place on the map. */
export interface LocationPush extends PushOptions {
  location: { latitude: number; longitude: number };
  text?: never;
  photo?: never;
  document?: never;
}

/**
 * `sent`: Telegram took it. `pending`: the hub keeps it and sends it later, because Telegram did not answer in time or
 * its rate limit makes the message wait. `unknown`: see `PushStatus`.
 */
export type PushResult =
  | {
      status: 'sent';
      push_message_id: string;
      telegram_message_id: number;
      /** Telegram could not read the markup: the text went out as it stands. */
      sent_as_plain_text?: boolean;
      /** It was sent again although it may have arrived before: the person may see it twice. */
      sent_again?: boolean;
    }
  | { status: 'pending' | 'unknown'; push_message_id: string };

/** Sends a message to a person; a `HubApi` is one. */
export interface Pusher {
  push(message: TextPush, options: { idempotencyKey: string }): Promise<PushResult>;
}

/**
 * Where a message stands. `unknown`: it left, and may or may not have arrived; `resendPush` sends it again, and the hub by
 * itself only with `if_unknown: 'resend'`.
 */
export type PushStatus = 'pending' | 'sent' | 'failed' | 'unknown';

/** A message as the hub knows it. */
export interface PushState {
  status: PushStatus;
  push_message_id?: string;
  /** Once Telegram took it. */
  telegram_message_id?: number;
  sent_as_plain_text?: boolean;
  /** It was sent again although it may have arrived before: the person may see it twice. */
  sent_again?: boolean;
  /** Why it failed. */
  error_message?: string;
  telegram_error_code?: number;
  /** A change of it is still to come. */
  change_pending?: boolean;
}

/** What an edit changes; what it leaves out stays as it is. */
export interface PushEdit {
  text?: string;
  parse_mode?: ParseMode;
  /** `[]` removes them. */
  buttons?: readonly (readonly Button[])[];
}

type Sent = Extract<PushResult, { status: 'sent' }>;
type NotSent = Exclude<PushResult, Sent>;
const isSent = shape<Sent>({
  status: oneOf('sent'),
  push_message_id: isText,
  telegram_message_id: isWhole,
  sent_as_plain_text: orAbsent(isFlag),
  sent_again: orAbsent(isFlag),
});
const isNotSent = shape<NotSent>({ status: oneOf('pending', 'unknown'), push_message_id: isText });

export const isPushResult: Check<PushResult> = (value): value is PushResult => isSent(value) || isNotSent(value);

export const isPushState: Check<PushState> = (value): value is PushState =>
  isRecord(value) && isPushStatus(value.status);

const isPushStatus = oneOf<PushStatus>('pending', 'sent', 'failed', 'unknown');

/** The most that the hub takes, in bytes (10 MB and 50 MB, in the larger sense of the word: the hub has the last). */
export const MAX_UPLOAD_BYTES = { photo: 10 * 1024 * 1024, document: 50 * 1024 * 1024 } as const;

/** A message as the hub takes it: fields, and the file that goes beside them where its bytes are sent. */
export interface PushBody {
  fields: Record<string, unknown>;
  file?: { name: 'photo' | 'document'; source: UploadSource };
}

/** Puts a message in the contract's words (rest.md, "POST /api/tpv/push/"). */
export function pushBody(message: PushMessage): PushBody {
  const { photo, document, location, ...fields } = message;
  if (photo !== undefined) return withFile('photo', photo, fields);
  if (document !== undefined) return withFile('document', document, fields);
  if (location !== undefined) return { fields: { ...fields, message_type: 'location', data: location } };
  return { fields: { ...fields, message_type: 'text' } };
}

function withFile(name: 'photo' | 'document', source: FileSource | ReceivedFile, fields: object): PushBody {
  if ('file_id' in source) {
    return { fields: { ...fields, message_type: name, data: { [`${name}_file_id`]: source.file_id } } };
  }
  if ('url' in source) {
    return { fields: { ...fields, message_type: name, data: { [`${name}_url`]: String(source.url) } } };
  }
  return { fields: { ...fields, message_type: name }, file: { name, source } };
}

/** Telegram refused a message for good (`hubCode` `telegram_error`): pushing it again changes nothing. */
export class PushRefusedError extends RequestError {
  /** Under which the hub keeps it, as `failed`. */
  readonly pushMessageId: string | undefined;
  /** Telegram's own code: 403 where the person blocked the bot. */
  readonly telegramErrorCode: number | undefined;

  constructor(refusal: HubClientError, body: Record<string, unknown>) {
    super(refusal.code, { httpStatus: refusal.httpStatus, hubCode: refusal.hubCode, detail: String(body.error) });
    this.pushMessageId = typeof body.push_message_id === 'string' ? body.push_message_id : undefined;
    this.telegramErrorCode = typeof body.telegram_error_code === 'number' ? body.telegram_error_code : undefined;
  }
}

/** What a refusal with this body is to be rejected with. */
export function pushRefusal(refusal: HubClientError, body: unknown): HubClientError {
  return refusal.hubCode === 'telegram_error' && isRecord(body) ? new PushRefusedError(refusal, body) : refusal;
}
