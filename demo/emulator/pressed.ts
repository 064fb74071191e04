import type { InlineButton, KeyboardKey, Location, Message, ReplyKeyboard } from './message.ts';

/** What a key that asks for something gets. */
export interface KeyGives {
  phone?: string | undefined;
  place?: Location | undefined;
  /** What the key's page hands back. */
  data?: string | undefined;
}

/**
 * The key that a person means by its text, or its place over all rows.
 *
 * @throws {Error} where there is no such key
 */
export function keyOf(keyboard: ReplyKeyboard | undefined, wanted: string | number): KeyboardKey {
  const keys = keyboard?.keyboard.flat() ?? [];
  const key = typeof wanted === 'number' ? keys[wanted] : keys.find(({ text }) => text === wanted);
  if (key !== undefined) return key;
  const names = keys.map(({ text }) => `"${text}"`).join(', ') || 'none';
  throw new Error(`There is no such key: wanted ${JSON.stringify(wanted)}, the chat's keys: ${names}`);
}

/**
 * The callback data of the button that a person means.
 *
 * @throws {Error} where there is no such button, or it has none
 */
export function callbackDataOf(message: Message, wanted: string | number): string {
  const buttons: InlineButton[] = message.reply_markup?.inline_keyboard.flat() ?? [];
  const button =
    typeof wanted === 'number'
      ? buttons[wanted]
      : (buttons.find(({ text }) => text === wanted) ?? buttons.find(({ callback_data: data }) => data === wanted));
  if (button?.callback_data !== undefined) return button.callback_data;
  const names = buttons.map(({ text }) => `"${text}"`).join(', ') || 'none';
  const problem = button === undefined ? 'has no such button' : 'has that button, but it does not call the bot';
  throw new Error(`Message ${message.message_id} ${problem}: wanted ${JSON.stringify(wanted)}, its buttons: ${names}`);
}
