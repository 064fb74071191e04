import { LANGUAGES, type Language } from '../languages.ts';
import { problemsOfText, type TextCatalogue } from './text.ts';
import { TEXT_PREFIX } from './values.ts';

/** Texts of this language have no language in their keys: they are older than the others. */
const UNNAMED: Language = 'es';

/** The key of a text's row: `text.help` in Spanish, `text.help.en` in any other language. */
export function textKey(key: string, language: Language): string {
  return language === UNNAMED ? TEXT_PREFIX + key : `${TEXT_PREFIX}${key}.${language}`;
}

/** The text of a row; undefined where this version has no such text, or it can't stand there. */
export function storedText({ definitions }: TextCatalogue, rowKey: string, value: unknown): string | undefined {
  const name = rowKey.slice(TEXT_PREFIX.length);
  const language = LANGUAGES.find((one) => one !== UNNAMED && name.endsWith(`.${one}`));
  const key = language === undefined ? name : name.slice(0, -language.length - 1);
  const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
  if (definition === undefined || typeof value !== 'string') return undefined;
  return problemsOfText(definition, value).length === 0 ? value : undefined;
}
