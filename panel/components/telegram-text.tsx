import { h } from 'preact';
import { type Piece, parseTelegramMarkup } from '../telegram-markup.ts';

/** A text as Telegram shows it: its HTML where `markup` says so, else as it is; line breaks stay. */
export function TelegramText({ text, markup }: { text: string; markup: boolean }) {
  return <div class="telegram-text">{markup ? parseTelegramMarkup(text).map(shown) : text}</div>;
}

function shown(piece: Piece): unknown {
  if (typeof piece === 'string') return piece;
  const { tag, href, pieces } = piece;
  if (tag !== 'a') return h(tag, null, pieces.map(shown) as never);
  if (href === undefined) return h('span', null, pieces.map(shown) as never);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, pieces.map(shown) as never);
}
