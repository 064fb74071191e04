import { buttonsOf, keysOf } from '../push/change.ts';
import type { PushRow } from '../push/message.ts';
import type { PushMarkup } from './schemas/pushes.ts';

/** The buttons under a message, and the keys that it put in place of the letters, as a person sees them. */
export function markupAnswer({ reply_markup: markup }: PushRow): PushMarkup {
  return {
    buttons: buttonsOf(markup).map((line) =>
      line.map((one) => ({ text: one.text, url: 'url' in one ? one.url : null })),
    ),
    keyboard: keysOf(markup).map((line) => line.map(({ text }) => text)),
  };
}
