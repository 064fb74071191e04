import type { FormattedText, MessageEntity } from '../message.ts';
import { type Params, string } from '../params.ts';
import { badRequest } from '../refusal.ts';
import { detectEntities } from './detected-entities.ts';
import { parseHtml } from './html.ts';
import { parseMarkdownV2 } from './markdown.ts';

/**
 * A call's text or caption, its markup parsed and its ends trimmed.
 *
 * @throws {Refusal} 400 `can't parse entities: ...` in Telegram's words
 */
export function formattedText(params: Params, textName: string, entitiesName: string): FormattedText {
  const parsed = trimmed(parse(string(params, textName).replaceAll('\r', ''), params, entitiesName));
  const entities = [...parsed.entities, ...detectEntities(parsed)];
  entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
  return { text: parsed.text, entities };
}

function parse(source: string, params: Params, entitiesName: string): FormattedText {
  switch (string(params, 'parse_mode').toLowerCase()) {
    case '':
    case 'none':
      return { text: source, entities: givenEntities(params[entitiesName]) };
    case 'html':
      return parseHtml(source);
    case 'markdownv2':
      return parseMarkdownV2(source);
    default:
      throw badRequest('unsupported parse_mode');
  }
}

function givenEntities(value: unknown): MessageEntity[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest("can't parse entities: expected an Array of MessageEntity");
  return value.filter(
    (entity): entity is MessageEntity =>
      typeof entity?.type === 'string' && Number.isInteger(entity.offset) && Number.isInteger(entity.length),
  );
}

function trimmed({ text, entities }: FormattedText): FormattedText {
  const cut = text.length - text.trimStart().length;
  const result = text.trim();
  const moved = entities.map((entity) => {
    const start = Math.max(0, entity.offset - cut);
    const end = Math.min(result.length, entity.offset + entity.length - cut);
    return { ...entity, offset: start, length: end - start };
  });
  return { text: result, entities: moved.filter(({ length }) => length > 0) };
}
