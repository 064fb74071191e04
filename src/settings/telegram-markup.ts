/**
 * How Telegram's HTML (core.telegram.org/bots/api#html-style) is read: its tags, its entities, and the pieces that a
 * text falls into. The checks of an operator's texts use it, and the panel's pages. It imports nothing, as it is part
 * of what the browser runs.
 */

/** Telegram's tags, and what a page shows for each. */
export const TELEGRAM_TAGS: Readonly<Record<string, string>> = {
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
  a: 'a',
  span: 'span',
  'tg-spoiler': 'span',
  'tg-emoji': 'span',
  blockquote: 'blockquote',
};

/** What a text consists of, in its order. `whole` is as it is written. */
export type MarkupToken =
  | { kind: 'open' | 'close'; tag: string; attributes: string; whole: string }
  /** Plain text, its entities read. */
  | { kind: 'text'; text: string }
  /** A `<` that begins no tag, or an `&` that begins no entity. */
  | { kind: 'stray'; text: '<' | '&' };

/** A piece of a text: plain text, or an element around further pieces. */
export type Piece = string | { tag: string; href?: string; pieces: Piece[] };

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const TOKEN = /<(\/?)([a-z][a-z-]*)((?:\s[^<>]*)?)>|&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-f]{1,6}));|[<&]|[^<&]+/gi;
const LARGEST_CODE_POINT = 0x10_ff_ff;
/** Deeper than any text needs; a page that nests thousands would take long. */
const DEEPEST = 20;
const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

/** Reads a text once, from its beginning to its end, whatever it holds. */
export function* markupTokens(markup: string): Generator<MarkupToken> {
  for (const [whole, slash, name, attributes = '', entity, decimal, hexadecimal] of markup.matchAll(TOKEN)) {
    if (name !== undefined) {
      yield { kind: slash === '/' ? 'close' : 'open', tag: name.toLowerCase(), attributes, whole };
    } else if (whole === '<' || whole === '&') yield { kind: 'stray', text: whole };
    else yield { kind: 'text', text: entityText(entity, decimal, hexadecimal) ?? whole };
  }
}

/**
 * Cuts a text into pieces that a page can show, without ever handing the browser markup: a tag that Telegram does not
 * know stays text, and a link of another kind (`javascript:`) becomes plain.
 */
export function parseTelegramMarkup(markup: string): Piece[] {
  const root: OpenElement = { name: '', pieces: [] };
  const open = [root];
  const add = (text: string) => {
    const { pieces } = open.at(-1) ?? root;
    const last = pieces.at(-1);
    if (typeof last === 'string') pieces[pieces.length - 1] = last + text;
    else pieces.push(text);
  };
  for (const token of markupTokens(markup)) {
    if (token.kind === 'text' || token.kind === 'stray') add(token.text);
    else if (token.kind === 'close') {
      if (open.at(-1)?.name === token.tag) open.pop();
      else add(token.whole);
    } else {
      const tag = TELEGRAM_TAGS[token.tag];
      if (tag === undefined || open.length > DEEPEST) {
        add(token.whole);
        continue;
      }
      const pieces: Piece[] = [];
      const link = token.tag === 'a' ? linkOf(token.attributes) : undefined;
      (open.at(-1) ?? root).pieces.push(link === undefined ? { tag, pieces } : { tag, href: link, pieces });
      open.push({ name: token.tag, pieces });
    }
  }
  return root.pieces;
}

/** The same text without its markup. */
export function plainOfMarkup(markup: string): string {
  const plain = (piece: Piece): string => (typeof piece === 'string' ? piece : piece.pieces.map(plain).join(''));
  return parseTelegramMarkup(markup).map(plain).join('');
}

interface OpenElement {
  name: string;
  pieces: Piece[];
}

function linkOf(attributes: string): string | undefined {
  const [, double, single] = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? [];
  const link = decoded(double ?? single ?? '').trim();
  return SAFE_LINK.test(link) ? link : undefined;
}

function decoded(text: string): string {
  return [...markupTokens(text)].map((token) => ('text' in token ? token.text : token.whole)).join('');
}

/** What an entity stands for; undefined where it is none. */
function entityText(entity?: string, decimal?: string, hexadecimal?: string): string | undefined {
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()];
  if (decimal !== undefined) return characterOf(Number(decimal));
  return hexadecimal === undefined ? undefined : characterOf(Number.parseInt(hexadecimal, 16));
}

function characterOf(code: number): string | undefined {
  const valid = code > 0 && code <= LARGEST_CODE_POINT && !(code >= 0xd8_00 && code <= 0xdf_ff);
  return valid ? String.fromCodePoint(code) : undefined;
}
