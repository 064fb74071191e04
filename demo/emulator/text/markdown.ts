import type { FormattedText, MessageEntity } from '../message.ts';
import { badRequest, type Refusal } from '../refusal.ts';

const reserved = new Set('_*[]()~`>#+-=|{}.!');

type Kind =
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strikethrough'
  | 'spoiler'
  | 'code'
  | 'pre'
  | 'text_link'
  | 'custom_emoji';

// Longest first: "__" is never two italics, and "```" never three codes.
const markers: readonly (readonly [marker: string, kind: Kind, name: string])[] = [
  ['```', 'pre', 'Pre'],
  ['`', 'code', 'Code'],
  ['__', 'underline', 'Underline'],
  ['_', 'italic', 'Italic'],
  ['*', 'bold', 'Bold'],
  ['~', 'strikethrough', 'Strikethrough'],
  ['||', 'spoiler', 'Spoiler'],
  ['![', 'custom_emoji', 'CustomEmoji'],
  ['[', 'text_link', 'TextUrl'],
];

interface OpenEntity {
  kind: Kind;
  name: string;
  marker: string;
  offset: number;
  byteOffset: number;
  language?: string;
}

/**
 * Parses MarkdownV2: https://core.telegram.org/bots/api#markdownv2-style
 *
 * @throws {Refusal} 400 for reserved characters without a backslash, and for entities without an end
 */
export function parseMarkdownV2(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const open: OpenEntity[] = [];
  let quote: number | undefined;
  let text = '';
  let at = 0;

  const endQuote = (expandable: boolean) => {
    if (quote === undefined) return;
    const length = text.length - quote;
    if (length > 0) entities.push({ type: expandable ? 'expandable_blockquote' : 'blockquote', offset: quote, length });
    quote = undefined;
  };

  while (at < source.length) {
    const character = source[at] ?? '';
    const top = open.at(-1);
    const inCode = top?.kind === 'code' || top?.kind === 'pre';
    const atLineStart = at === 0 || source[at - 1] === '\n';
    if (character === '\\' && isAscii(source[at + 1])) {
      text += source[at + 1];
      at += 2;
    } else if (top !== undefined && endsHere(source, at, top)) {
      open.pop();
      at = close(source, at, top, entities, text);
    } else if (inCode || (!reserved.has(character) && character !== '\n')) {
      text += character;
      at += 1;
    } else if (atLineStart && /^(\*\*)?>/.test(source.slice(at, at + 3))) {
      quote ??= text.length;
      at += character === '*' ? 3 : 1;
    } else if (character === '\n') {
      if (quote !== undefined && source[at + 1] !== '>') {
        if (top !== undefined) throw unended(top);
        endQuote(false);
      }
      text += character;
      at += 1;
    } else if (quote !== undefined && source.startsWith('||', at) && /^(\n|$)/.test(source.slice(at + 2, at + 3))) {
      if (top !== undefined) throw unended(top);
      endQuote(true);
      at += 2;
    } else {
      at = start(source, at, open, text.length);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw unended(unclosed);
  endQuote(false);
  return { text, entities };
}

function start(source: string, at: number, open: OpenEntity[], offset: number): number {
  const found = markers.find(([marker]) => source.startsWith(marker, at));
  if (found === undefined) {
    throw cantParse(`Character '${source[at]}' is reserved and must be escaped with the preceding '\\'`);
  }
  const [marker, kind, name] = found;
  const entity: OpenEntity = { kind, name, marker, offset, byteOffset: byteOffsetOf(source, at) };
  let next = at + marker.length;
  if (kind === 'pre') {
    const language = /^([^\s`]*)\n/.exec(source.slice(next, next + 64));
    if (language !== null) {
      if (language[1]) entity.language = language[1];
      next += language[0].length;
    }
  }
  open.push(entity);
  return next;
}

function endsHere(source: string, at: number, { kind, marker }: OpenEntity): boolean {
  if (kind === 'text_link' || kind === 'custom_emoji') return source[at] === ']';
  if (kind === 'italic') return source[at] === '_' && source[at + 1] !== '_';
  return source.startsWith(marker, at);
}

function close(source: string, at: number, entity: OpenEntity, entities: MessageEntity[], text: string): number {
  const { kind, offset, language } = entity;
  const length = text.length - offset;
  if (kind !== 'text_link' && kind !== 'custom_emoji') {
    if (length > 0) entities.push({ type: kind, offset, length, ...(language === undefined ? {} : { language }) });
    return at + entity.marker.length;
  }
  if (source[at + 1] !== '(') {
    // "[text]" alone is text; an emoji without its address is not.
    if (kind === 'text_link') return at + 1;
    throw cantParse(`Custom emoji entity must contain a tg://emoji URL`);
  }
  let url = '';
  let next = at + 2;
  while (next < source.length && source[next] !== ')') {
    if (source[next] === '\\' && isAscii(source[next + 1])) next += 1;
    url += source[next];
    next += 1;
  }
  if (next >= source.length) throw cantParse(`Can't find end of a URL at byte offset ${byteOffsetOf(source, at + 2)}`);
  if (length > 0 && kind === 'text_link') entities.push({ type: kind, offset, length, url });
  if (length > 0 && kind === 'custom_emoji') {
    entities.push({ type: kind, offset, length, custom_emoji_id: /id=(\d+)/.exec(url)?.[1] ?? '' });
  }
  return next + 1;
}

function isAscii(character: string | undefined): boolean {
  return character !== undefined && character > '\u0000' && character < '\u007f';
}

function unended({ name, byteOffset }: OpenEntity): Refusal {
  return cantParse(`Can't find end of ${name} entity at byte offset ${byteOffset}`);
}

function byteOffsetOf(source: string, at: number): number {
  return Buffer.byteLength(source.slice(0, at));
}

function cantParse(what: string): Refusal {
  return badRequest(`can't parse entities: ${what}`);
}
