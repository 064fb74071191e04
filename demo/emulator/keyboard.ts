import type { ButtonStyle, InlineButton, InlineKeyboard, KeyboardKey, ReplyKeyboard } from './message.ts';
import { badRequest } from './refusal.ts';

const maxButtons = 100;
/** Of buttons and of keys; what is more is dropped without a word. */
const maxPerRow = 12;
/** Of a reply keyboard; what is more is dropped too. */
const maxKeys = 300;
/** Bytes of the whole, as bots' owners report. */
const maxBytes = 10 * 1024;
const styles: readonly unknown[] = ['primary', 'success', 'danger'];

/** What a call's `reply_markup` asks for. */
export type Markup =
  | { kind: 'buttons'; keyboard: InlineKeyboard }
  | { kind: 'keys'; keyboard: ReplyKeyboard }
  | { kind: 'no_keys' };

/**
 * Reads `reply_markup`; undefined where it is absent, or has no button.
 *
 * @param isPrivate whether it goes into a private chat: only there may a key ask for something
 * @throws {Refusal} as Telegram words it
 */
export function markupFrom(value: unknown, isPrivate: boolean): Markup | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw badRequest('object expected as reply markup');
  const tooLong = () => badRequest('reply markup is too long');
  if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) throw tooLong();
  if ('inline_keyboard' in value) {
    const rows = rowsOf('inline_keyboard', value.inline_keyboard).map((row) =>
      row.map((one) => buttonFrom(one, isPrivate)).slice(0, maxPerRow),
    );
    if (rows.flat().length > maxButtons) throw tooLong();
    const filled = rows.filter((row) => row.length > 0);
    return filled.length === 0 ? undefined : { kind: 'buttons', keyboard: { inline_keyboard: filled } };
  }
  if ('keyboard' in value) return keysFrom(value, isPrivate);
  return 'remove_keyboard' in value && value.remove_keyboard === true ? { kind: 'no_keys' } : undefined;
}

function rowsOf(field: string, value: unknown): unknown[][] {
  if (!Array.isArray(value)) throw badRequest(`field "${field}" must be of type Array`);
  return value.map((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest(`field "${field}" must be an Array of Arrays`);
    return row;
  });
}

function keysFrom(value: object & { keyboard: unknown }, isPrivate: boolean): Markup | undefined {
  let room = maxKeys;
  const keyboard: KeyboardKey[][] = [];
  for (const row of rowsOf('keyboard', value.keyboard)) {
    const keys = row.map((one) => keyFrom(one, isPrivate)).filter(({ text }) => text !== '');
    const taken = keys.slice(0, Math.min(maxPerRow, room));
    room -= taken.length;
    if (taken.length > 0) keyboard.push(taken);
  }
  if (keyboard.length === 0) return undefined;
  const placeholder: unknown = Reflect.get(value, 'input_field_placeholder') ?? '';
  if (typeof placeholder !== 'string' || placeholder.length > 64) throw badRequest('REPLY_MARKUP_INVALID');
  return {
    kind: 'keys',
    keyboard: {
      keyboard,
      one_time_keyboard: Reflect.get(value, 'one_time_keyboard') === true,
      resize_keyboard: Reflect.get(value, 'resize_keyboard') === true,
      input_field_placeholder: placeholder,
    },
  };
}

function keyFrom(value: unknown, isPrivate: boolean): KeyboardKey {
  if (typeof value === 'string') return { text: value };
  if (typeof value !== 'object' || value === null) {
    throw badRequest("can't parse keyboard button: KeyboardButton must be an Object");
  }
  const text: unknown = Reflect.get(value, 'text');
  if (typeof text !== 'string') throw badRequest('can\'t parse keyboard button: Can\'t find field "text"');
  const key: KeyboardKey = { text, ...styleOf(value) };
  const asks = (name: string) => name in value && Reflect.get(value, name) === true;
  if (asks('request_contact')) {
    if (!isPrivate) throw badRequest('phone number can be requested in private chats only');
    key.request_contact = true;
  } else if (asks('request_location')) {
    if (!isPrivate) throw badRequest('location can be requested in private chats only');
    key.request_location = true;
  } else if ('web_app' in value) key.web_app = { url: webAppUrl('keyboard', value.web_app, isPrivate) };
  return key;
}

function buttonFrom(value: unknown, isPrivate: boolean): InlineButton {
  if (typeof value !== 'object' || value === null) {
    throw badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
  }
  const text: unknown = Reflect.get(value, 'text');
  if (typeof text !== 'string') {
    throw badRequest('can\'t parse inline keyboard button: Can\'t find field "text"');
  }
  if (text.trim() === '') throw badRequest('BUTTON_TEXT_INVALID');
  const shown = { text, ...styleOf(value) };
  if ('callback_data' in value) return { ...shown, callback_data: callbackData(value.callback_data) };
  if ('url' in value) return { ...shown, url: buttonUrl(value.url) };
  if ('copy_text' in value) return { ...shown, copy_text: { text: copyText(value.copy_text) } };
  if ('web_app' in value) {
    return { ...shown, web_app: { url: webAppUrl('inline keyboard', value.web_app, isPrivate) } };
  }
  throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
}

function styleOf(value: object): { style?: ButtonStyle } {
  const style: unknown = Reflect.get(value, 'style') ?? '';
  if (style === '') return {};
  if (!styles.includes(style)) throw badRequest('invalid button style specified');
  // One of the three, as was just seen.
  return { style: style as ButtonStyle };
}

function callbackData(value: unknown): string {
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : 0;
  if (typeof value !== 'string' || bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
  return value;
}

/** A host has a dot, or is an address. The demo's links are addresses of this machine, which Telegram takes too. */
function isWholeHost(url: URL | null): boolean {
  return url !== null && /^https?:$/.test(url.protocol) && /[.:]/.test(url.hostname);
}

function buttonUrl(value: unknown): string {
  const url = typeof value === 'string' && /^[\w.-]+\.[a-z]{2,}(\/|$)/i.test(value) ? `http://${value}` : value;
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (typeof url === 'string' && (isWholeHost(parsed) || /^(tg|ton):$/.test(parsed?.protocol ?? ''))) return url;
  throw badRequest(`inline keyboard button URL '${String(value)}' is invalid: Wrong HTTP URL`);
}

function webAppUrl(where: string, value: unknown, isPrivate: boolean): string {
  if (!isPrivate) throw badRequest(where === 'keyboard' ? WEB_APP_IN_GROUP : 'BUTTON_TYPE_INVALID');
  const url: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'url') : undefined;
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  const wrong = (why: string) => badRequest(`${where} button Web App URL '${String(url)}' is invalid: ${why}`);
  if (typeof url !== 'string' || !isWholeHost(parsed)) throw wrong('Wrong HTTP URL');
  if (parsed?.protocol !== 'https:') throw wrong('Only HTTPS links are allowed');
  return url;
}

const WEB_APP_IN_GROUP = 'Web App buttons can be used in private chats only';

function copyText(value: unknown): string {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
  if (typeof text !== 'string' || text.length < 1 || text.length > 256) throw badRequest('BUTTON_COPY_TEXT_INVALID');
  return text;
}
