import type { MessageContent, MessageEntity } from '../message.ts';

const patterns: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['url', /\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?')\]]/g],
  ['email', /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi],
  ['bot_command', /(?<![\w/@.:<>-])\/[a-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>])/gi],
  ['mention', /(?<![\w@/.])@[a-z]\w{3,31}\b/gi],
  ['hashtag', /(?<![\p{L}\p{N}_#])#[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu],
];

/** What Telegram finds in a text by itself: commands, links, mentions, hashtags; never inside other entities. */
export function detectEntities(formatted: { text: string; entities?: readonly MessageEntity[] }): MessageEntity[] {
  const taken = [...(formatted.entities ?? [])].filter(({ type }) => /^(pre|code|text_link)$/.test(type));
  const found: MessageEntity[] = [];
  if (!/[/@#]/.test(formatted.text)) return found;
  for (const [type, pattern] of patterns) {
    for (const match of formatted.text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      if (taken.some((other) => overlaps(other, entity))) continue;
      taken.push(entity);
      found.push(entity);
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}

/** What it finds, as a message carries it. */
export function withEntities(name: 'entities' | 'caption_entities', text: string): MessageContent {
  const entities = detectEntities({ text });
  return entities.length === 0 ? {} : { [name]: entities };
}

function overlaps(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}
