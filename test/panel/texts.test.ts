import { expect, test } from 'vitest';
import { languageName } from '../../panel/format-language.ts';
import { fits } from '../../panel/search/hits.ts';
import { shortened } from '../../panel/shortened.ts';
import { tally } from '../../panel/tally.ts';
import { reasonText } from '../../panel/words/quarantine.ts';

test('what has the same reason is counted together, the most frequent first', () => {
  const items = [{ why: 'final' }, { why: 'press' }, { why: 'press' }];
  expect(tally(items, ({ why }) => why).map(([why, some]) => [why, some.length])).toEqual([
    ['press', 2],
    ['final', 1],
  ]);
  expect(tally([], () => 'x')).toEqual([]);
});

test('a text is shortened between words, and never within an emoji', () => {
  expect(shortened('Hola,\n  ¿hay mesa?', 40)).toBe('Hola, ¿hay mesa?');
  expect(shortened('Quiero hacer un pedido', 12)).toBe('Quiero hacer…');
  expect(shortened('🍝'.repeat(10), 5)).toMatch(/^🍝🍝.?…$/u);
  expect(shortened('🍝'.repeat(10), 5).isWellFormed()).toBe(true);
});

test('a language is called by its name, and one that is none by its code', () => {
  expect(languageName('es')).toBe('español');
  expect(languageName('pt-br')).toBe('portugués de Brasil');
  expect(languageName('')).toBeUndefined();
  expect(languageName('no es un idioma')).toBe('no es un idioma');
});

test('reasons of the quarantine are read in Spanish, and those that nobody foresaw as they are', () => {
  expect(reasonText('not JSON')).toBe('No es JSON');
  expect(reasonText('message in a supergroup')).toBe('Es un mensaje en un grupo');
  expect(reasonText('message.date: falta')).toBe('message.date: falta');
  expect(reasonText('constructor')).toBe('constructor');
});

test('a page is found by the beginnings of its words in any order, whatever the accents and capitals', () => {
  expect(fits('Auditoría registro historial', 'hist AUDITORIA')).toBe(true);
  expect(fits('Cuenta contraseña', 'contrasena')).toBe(true);
  expect(fits('Cuenta contraseña', 'seña')).toBe(false);
  expect(fits('Mensajes', 'mensajes tpv')).toBe(false);
  expect(fits('Mensajes', ' ¿? ')).toBe(true);
  // An article is no name of anything.
  expect(fits('Ver las teclas', 'la')).toBe(false);
  expect(fits('Nuevo TPV', 'tpv')).toBe(true);
});
