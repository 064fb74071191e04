import type { FormattedText, MessageEntity } from '../message.ts';
import { badRequest, type Refusal } from '../refusal.ts';

const entityTypes = new Map([
  ['b', 'bold'],
  ['strong', 'bold'],
  ['i', 'italic'],
  ['em', 'italic'],
  ['u', 'underline'],
  ['ins', 'underline'],
  ['s', 'strikethrough'],
  ['strike', 'strikethrough'],
  ['del', 'strikethrough'],
  ['tg-spoiler', 'spoiler'],
  ['span', 'spoiler'],
  ['a', 'text_link'],
  ['tg-emoji', 'custom_emoji'],
  ['code', 'code'],
  ['pre', 'pre'],
  ['blockquote', 'blockquote'],
]);
const namedCharacters = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
]);

interface OpenTag {
  name: string;
  attributes: Map<string, string>;
  offset: number;
}

/**
 * Parses Telegram's HTML: https://core.telegram.org/bots/api#html-style
 *
 * @throws {Refusal} 400 for unsupported, unclosed and crossing tags
 */
export function parseHtml(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const open: OpenTag[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    const special = source.slice(at).search(/[<&]/);
    if (special !== 0) {
      text += special < 0 ? source.slice(at) : source.slice(at, at + special);
      at = special < 0 ? source.length : at + special;
    } else if (source[at] === '&') {
      const [character, length] = characterAt(source, at);
      text += character;
      at += length;
    } else if (source[at + 1] === '/') {
      at = closeTag(source, at, open, entities, text);
    } else {
      at = openTag(source, at, open, text.length);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw cantParse(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  return { text, entities };
}

function openTag(source: string, at: number, open: OpenTag[], offset: number): number {
  const name = (/^[^\s>/]*/.exec(source.slice(at + 1, at + 64))?.[0] ?? '').toLowerCase();
  const byteOffset = byteOffsetOf(source, at);
  if (!entityTypes.has(name)) throw cantParse(`Unsupported start tag "${name}" at byte offset ${byteOffset}`);
  const attributes = new Map<string, string>();
  const pattern = /\s*(?:([^\s=>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?|(>))/y;
  pattern.lastIndex = at + 1 + name.length;
  for (;;) {
    const match = pattern.exec(source);
    if (match === null) throw cantParse(`Unclosed start tag at byte offset ${byteOffset}`);
    if (match[5] !== undefined) break;
    const value = match[2] ?? match[3] ?? match[4] ?? '';
    attributes.set((match[1] ?? '').toLowerCase(), unescaped(value));
  }
  if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
    throw cantParse(`Tag "span" must have class "tg-spoiler" at byte offset ${byteOffset}`);
  }
  open.push({ name, attributes, offset });
  return pattern.lastIndex;
}

function closeTag(source: string, at: number, open: OpenTag[], entities: MessageEntity[], text: string): number {
  const byteOffset = byteOffsetOf(source, at);
  const match = /^<\/([^\s>]*)\s*>/.exec(source.slice(at, at + 128));
  if (match === null) throw cantParse(`Unclosed end tag at byte offset ${byteOffset}`);
  const name = (match[1] ?? '').toLowerCase();
  const tag = open.pop();
  if (tag === undefined) throw cantParse(`Unexpected end tag at byte offset ${byteOffset}`);
  if (name !== '' && name !== tag.name) {
    throw cantParse(`Unmatched end tag at byte offset ${byteOffset}, expected "</${tag.name}>", found "</${name}>"`);
  }
  const length = text.length - tag.offset;
  if (length > 0) addEntity(entities, tag, length, text);
  return at + match[0].length;
}

function addEntity(entities: MessageEntity[], tag: OpenTag, length: number, text: string): void {
  const { offset, attributes } = tag;
  const type = entityTypes.get(tag.name) ?? '';
  const inner = entities.at(-1);
  switch (type) {
    case 'text_link': {
      const url = attributes.get('href') || text.slice(offset);
      // Telegram shows the text without a link where the address is none.
      if (/^[a-z]+:/i.test(url) ? URL.canParse(url) : /^[\w-]+(\.[\w-]+)+/.test(url)) {
        entities.push({ type, offset, length, url });
      }
      return;
    }
    case 'custom_emoji':
      entities.push({ type, offset, length, custom_emoji_id: attributes.get('emoji-id') ?? '' });
      return;
    case 'blockquote':
      entities.push({ type: attributes.has('expandable') ? 'expandable_blockquote' : type, offset, length });
      return;
    case 'code':
      entities.push({ type, offset, length, ...languageOf(attributes) });
      return;
    case 'pre':
      // <pre><code class="language-x"> is one entity.
      if (inner?.type === 'code' && inner.offset === offset && inner.length === length) inner.type = type;
      else entities.push({ type, offset, length });
      return;
    default:
      entities.push({ type, offset, length });
  }
}

function languageOf(attributes: Map<string, string>): { language?: string } {
  const language = /^language-(.+)$/.exec(attributes.get('class') ?? '')?.[1];
  return language === undefined ? {} : { language };
}

function characterAt(source: string, at: number): [character: string, length: number] {
  const match = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));?/i.exec(source.slice(at, at + 12));
  if (match === null) return ['&', 1];
  const code = match[1] !== undefined ? Number(match[1]) : Number.parseInt(match[2] ?? '', 16);
  const character =
    match[3] !== undefined
      ? namedCharacters.get(match[3])
      : code > 0 && code <= 0x10ffff
        ? String.fromCodePoint(code)
        : undefined;
  return character === undefined ? ['&', 1] : [character, match[0].length];
}

function unescaped(value: string): string {
  return value.replace(/&(?:#\d+|#x[0-9a-f]+|[a-z]+);?/gi, (whole) => {
    const [character, length] = characterAt(whole, 0);
    return character + whole.slice(length);
  });
}

function byteOffsetOf(source: string, at: number): number {
  return Buffer.byteLength(source.slice(0, at));
}

function cantParse(what: string): Refusal {
  return badRequest(`can't parse entities: ${what}`);
}
