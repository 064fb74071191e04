import { expect, test } from 'vitest';
import { parseTelegramMarkup, plainOfMarkup } from '../../src/settings/telegram-markup.ts';

test('markup that Telegram knows becomes pieces, one inside the other', () => {
  expect(parseTelegramMarkup('¡Hola, <b>Ana <i>García</i></b>!\n<code>a &lt; b</code>')).toEqual([
    '¡Hola, ',
    { tag: 'b', pieces: ['Ana ', { tag: 'i', pieces: ['García'] }] },
    '!\n',
    { tag: 'code', pieces: ['a < b'] },
  ]);
});

test('a tag that Telegram does not know stays text', () => {
  const hostile = '<img src=x onerror=alert(1)><script>alert(1)</script><svg/onload=x>';
  expect(parseTelegramMarkup(hostile).join('')).toBe(hostile);
});

test('a link leads to the web or into Telegram, and nowhere else', () => {
  const hrefOf = (markup: string) => parseTelegramMarkup(markup)[0];
  expect(hrefOf('<a href="https://bar.example/?a=1&amp;b=2">x</a>')).toEqual({
    tag: 'a',
    href: 'https://bar.example/?a=1&b=2',
    pieces: ['x'],
  });
  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,x',
    '/x',
  ]) {
    expect(hrefOf(`<a href="${href}">x</a>`)).toEqual({ tag: 'a', pieces: ['x'] });
  }
});

test('markup that is cut off or crosses loses no text', () => {
  expect(plainOfMarkup('<b>uno <i>dos</b> tres')).toBe('uno dos</b> tres');
  expect(plainOfMarkup('Pedido <b>listo</')).toBe('Pedido listo</');
  expect(plainOfMarkup('1 < 2 & 3 > 2')).toBe('1 < 2 & 3 > 2');
  expect(plainOfMarkup('')).toBe('');
});

test('entities are read once, and one that is none stays', () => {
  expect(plainOfMarkup('&amp;lt; &#39;&#x1F35D; &nada; &#0; &#99999999;')).toBe("&lt; '🍝 &nada; &#0; &#99999999;");
});

test('a long text with many openings is read at once, and never nests without end', () => {
  const deep = '<b>'.repeat(20_000);
  expect(plainOfMarkup('<'.repeat(100_000))).toHaveLength(100_000);
  expect(parseTelegramMarkup(deep)).toHaveLength(1);
  expect(plainOfMarkup(deep)).toHaveLength(deep.length - 20 * '<b>'.length);
});
