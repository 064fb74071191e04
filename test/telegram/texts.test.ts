import { expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/languages.ts';
import { fillText, previewText, problemsOfText } from '../../src/settings/text.ts';
import { commandsIn, TEXTS } from '../../src/telegram/texts/catalogue.ts';
import type { TextKey } from '../../src/telegram/texts/definitions.ts';
import { telegramTexts } from '../../src/telegram/texts/texts.ts';

// The cast: keys of a literal.
const KEYS = Object.keys(TEXTS.definitions) as TextKey[];
const EVERY = LANGUAGES.flatMap((language) => KEYS.map((key): [Language, TextKey] => [language, key]));

/** Sentences that are the same word for word in Spanish and another language, and rightly so: `gl press.done`. */
const SAME_AS_SPANISH: readonly string[] = [];

function placeholdersOf(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
}

test.each(EVERY)('in %s, %s can stand in its place, and carries what it carries in Spanish', (language, key) => {
  const { definitions, defaults } = TEXTS;
  const text = defaults[language][key];
  expect(problemsOfText(definitions[key], text)).toEqual([]);
  expect(placeholdersOf(text)).toEqual(placeholdersOf(defaults.es[key]));
  // Every placeholder was filled: the examples have no braces.
  expect(previewText(definitions[key], text)).not.toMatch(/[{}]/);
  expect(text).toBe(text.trim());
});

test('every language has sentences of its own', () => {
  const { defaults } = TEXTS;
  const same = EVERY.filter(([language, key]) => language !== 'es' && defaults[language][key] === defaults.es[key]);
  expect(same.map((one) => one.join(' '))).toEqual(SAME_AS_SPANISH);
  const spanish = new Set(commandsIn('es').map(({ description }) => description));
  const others = LANGUAGES.filter((language) => language !== 'es').flatMap(commandsIn);
  expect(others.filter(({ description }) => spanish.has(description))).toEqual([]);
});

test('what Telegram is told of the commands is what it takes', () => {
  for (const language of LANGUAGES) {
    for (const { command, description } of commandsIn(language)) {
      expect(command).toMatch(/^[a-z0-9_]{1,32}$/);
      expect(description.length).toBeGreaterThan(0);
      expect(description.length).toBeLessThanOrEqual(256);
    }
  }
});

test.each([
  ['es', 'es'],
  ['pt-br', 'pt'],
  ['en-GB', 'en'],
  ['ca_ES', 'ca'],
  ['EU', 'eu'],
  ['nl', 'gl'],
  ['', 'gl'],
  ['-', 'gl'],
  ['est', 'gl'],
  ['ast', 'gl'],
  ['e', 'gl'],
  ['constructor', 'gl'],
  ['x'.repeat(200), 'gl'],
])('who Telegram says speaks %s reads %s', (languageCode, language) => {
  expect(telegramTexts('gl').of(languageCode).language).toBe(language);
});

test('names are escaped, and a brace in one is nothing but a brace', () => {
  const texts = telegramTexts('es').of('es');
  expect(texts.welcome('<Ana> & {local}', 'Bar "Pepe"')).toBe(
    '¡Hola, &lt;Ana&gt; &amp; {local}! 👋\nTe atiende <b>Bar "Pepe"</b>. Escribe aquí lo que necesites.',
  );
  expect(texts.unanswered('expired')).toContain('ha caducado');
  expect(texts.press.legacyExpiredNote).toBe('⚠️ <b>Acción EXPIRADA</b>');
  expect(fillText(TEXTS.defaults.ca.welcome, { nombre: 'Ana', local: 'Bar' })).toContain('T’atén <b>Bar</b>');
});

test('a text that is worded otherwise is the one that is read, in its language', () => {
  const texts = telegramTexts('es', (key, language) =>
    key === 'welcome' && language === 'fr' ? '{local}: hola, {nombre}; {otro}' : undefined,
  );
  expect(texts.of('fr-CA').welcome('Ana $& $1', 'Bar')).toBe('Bar: hola, Ana $&amp; $1; {otro}');
  expect(texts.of('it').welcome('Ana', 'Bar')).toContain('Ciao, Ana!');
});
