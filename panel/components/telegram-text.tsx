import { type ComponentChild, h } from 'preact';
import { type Piece, parseTelegramMarkup } from '../../src/admin/schemas/telegram-markup.ts';

/** A text as Telegram shows it: its HTML where `markup` says so, else as it is; line breaks stay. */
export function TelegramText({ text, markup }: { text: string; markup: boolean }) {
  return <div class="telegram-text">{markup ? parseTelegramMarkup(text).map(shown) : text}</div>;
}

function shown(piece: Piece): ComponentChild {
  if (typeof piece === 'string') return piece;
  const { tag, href, pieces } = piece;
  const inside = pieces.map(shown);
  if (tag !== 'a') return h(tag, null, inside);
  if (href === undefined) return h('span', null, inside);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, inside);
}
