/** A piece of a text with Telegram's markup: plain text, or an element around further pieces. */
export type Piece = string | { tag: string; href?: string; pieces: Piece[] };

interface OpenElement {
  name: string;
  element: Exclude<Piece, string>;
}

/** What Telegram's tags are on a page. Others are shown as the text that they are. */
const TAGS: Readonly<Record<string, string>> = {
  b: 'b',
  strong: 'b',
  i: 'i',
  em: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  a: 'a',
  span: 'span',
  'tg-spoiler': 'span',
  'tg-emoji': 'span',
};
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const TOKEN = /<(\/?)([a-z][a-z-]*)((?:\s[^<>]*)?)>/gi;
/** Deeper than anybody writes; a page that nests thousands would take long. */
const DEEPEST = 20;
const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

/**
 * Cuts a text with Telegram's HTML into pieces that a page can show, without ever handing the browser markup: a tag
 * that Telegram doesn't know stays text, and a link of another kind (`javascript:`) becomes plain.
 */
export function parseTelegramMarkup(markup: string): Piece[] {
  const root: OpenElement = { name: '', element: { tag: '', pieces: [] } };
  const open = [root];
  const add = (piece: Piece) => (open.at(-1) ?? root).element.pieces.push(piece);
  let from = 0;
  for (const token of markup.matchAll(TOKEN)) {
    const [all, slash, rawName = '', attributes = ''] = token;
    const name = rawName.toLowerCase();
    const tag = TAGS[name];
    const fits = slash === '/' ? open.at(-1)?.name === name : tag !== undefined && open.length <= DEEPEST;
    if (!fits) continue;
    if (token.index > from) add(decode(markup.slice(from, token.index)));
    from = token.index + all.length;
    if (slash === '/') {
      open.pop();
      continue;
    }
    const element: OpenElement['element'] = { tag: tag ?? 'span', pieces: [] };
    const link = name === 'a' ? linkOf(attributes) : undefined;
    if (link !== undefined) element.href = link;
    add(element);
    open.push({ name, element });
  }
  if (from < markup.length) add(decode(markup.slice(from)));
  return root.element.pieces;
}

function linkOf(attributes: string): string | undefined {
  const [, double, single] = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? [];
  const link = decode(double ?? single ?? '').trim();
  return SAFE_LINK.test(link) ? link : undefined;
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

/** The same text without its markup. */
export function plainOfMarkup(markup: string): string {
  const plain = (piece: Piece): string => (typeof piece === 'string' ? piece : piece.pieces.map(plain).join(''));
  return parseTelegramMarkup(markup).map(plain).join('');
}
