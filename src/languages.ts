/** The languages in which people read the hub's own sentences, as ISO 639-1 names them; Spanish is what others are made of. */
export const LANGUAGES = ['es', 'ca', 'gl', 'eu', 'en', 'fr', 'de', 'pt', 'it'] as const;

export type Language = (typeof LANGUAGES)[number];

/**
 * The language of a code as Telegram sends it (`pt-br`, `en`), or as an operator writes it (`es-ES`, `es_ES`).
 * @returns undefined where it is none of these
 */
export function languageOf(code: string): Language | undefined {
  let end = 0;
  while (end < code.length && code[end] !== '-' && code[end] !== '_') end++;
  const primary = code.slice(0, end).toLowerCase();
  return LANGUAGES.find((language) => language === primary);
}
