import type { InlineButton, InlineKeyboard } from './message.ts';
import { badRequest } from './refusal.ts';

const maxButtons = 100;

/**
 * Reads `reply_markup`; undefined where it is absent, is another kind of keyboard, or has no button.
 *
 * @throws {Refusal} as Telegram words it
 */
export function keyboardFrom(value: unknown): InlineKeyboard | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw badRequest('object expected as reply markup');
  if (!('inline_keyboard' in value)) return undefined;
  if (!Array.isArray(value.inline_keyboard)) {
    throw badRequest('field "inline_keyboard" must be of type Array');
  }
  const rows = value.inline_keyboard.map((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest('field "inline_keyboard" must be an Array of Arrays');
    return row.map(buttonFrom);
  });
  if (rows.flat().length > maxButtons) throw badRequest('reply markup is too long');
  const filled = rows.filter((row) => row.length > 0);
  return filled.length === 0 ? undefined : { inline_keyboard: filled };
}

function buttonFrom(value: unknown): InlineButton {
  if (typeof value !== 'object' || value === null) {
    throw badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object");
  }
  const text: unknown = Reflect.get(value, 'text');
  if (typeof text !== 'string') {
    throw badRequest('can\'t parse inline keyboard button: Can\'t find field "text"');
  }
  if (text.trim() === '') throw badRequest('BUTTON_TEXT_INVALID');
  if ('callback_data' in value) return { text, callback_data: callbackData(value.callback_data) };
  if ('url' in value) return { text, url: buttonUrl(value.url) };
  if ('copy_text' in value) return { text, copy_text: { text: copyText(value.copy_text) } };
  throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
}

function callbackData(value: unknown): string {
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : 0;
  if (typeof value !== 'string' || bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
  return value;
}

// A host needs a dot. The demo's links are addresses of this machine, which Telegram takes too.
function buttonUrl(value: unknown): string {
  const url = typeof value === 'string' && /^[\w.-]+\.[a-z]{2,}(\/|$)/i.test(value) ? `http://${value}` : value;
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  const isTaken = /^https?:$/.test(parsed?.protocol ?? '')
    ? parsed?.hostname.includes('.')
    : /^(tg|ton):$/.test(parsed?.protocol ?? '');
  if (typeof url === 'string' && isTaken) return url;
  throw badRequest(`inline keyboard button URL '${String(value)}' is invalid: Wrong HTTP URL`);
}

function copyText(value: unknown): string {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
  if (typeof text !== 'string' || text.length < 1 || text.length > 256) throw badRequest('BUTTON_COPY_TEXT_INVALID');
  return text;
}
