import { expect, test } from 'vitest';
import { CODE_FILES, docsPage, rowsOf, sectionOf, textFiles } from '../support/docs.ts';

const security = docsPage('security.md');
const later = sectionOf(security, '## Not yet');
const holding = [...security.matchAll(/^- \*\*(S\d+)\*\* /gm)].map(([, number = '']) => number);
const planned = rowsOf(later)
  .map(([number = '']) => number)
  .filter((number) => number.startsWith('S'));
const rows = rowsOf(security)
  .map(([number = '']) => number)
  .filter((number) => /^\d+$/.test(number))
  .map(Number);

const files = textFiles(CODE_FILES).filter(({ path }) => !path.startsWith('test/docs/'));
/** Requirements that code and tests name; `S14..S16` names those between, too. */
const cited = new Set(
  files.flatMap(({ text }) => [
    ...[...text.matchAll(/\bS(\d{1,2})\b(?!\s*=)/g)].map(([, number]) => `S${number}`),
    ...[...text.matchAll(/\bS(\d{1,2})\.\.S(\d{1,2})\b/g)].flatMap(([, from, to]) =>
      Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => `S${Number(from) + index}`),
    ),
  ]),
);

test('requirements are numbered from 1 without a gap, and each is either held or planned', () => {
  const numbers = [...holding, ...planned].map((number) => Number(number.slice(1))).sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(rows.sort((a, b) => a - b)).toEqual(rows.map((_, index) => index + 1));
});

test('every requirement that the code or a test names is in docs/security.md', () => {
  const known = new Set([...holding, ...planned]);
  expect([...cited].filter((number) => !known.has(number))).toEqual([]);
});

test('every requirement that holds is named by the code or a test', () => {
  expect(holding.filter((number) => !cited.has(number))).toEqual([]);
  expect(holding.length).toBeGreaterThan(20);
});

test('every row of bad input that a test names is in docs/security.md', () => {
  const named = files
    .filter(({ path }) => path.startsWith('test/'))
    .flatMap(({ text }) => [...text.matchAll(/['"` (]row (\d{1,2})\b(?=[: ]| of the catalogue)/g)])
    .map(([, row]) => Number(row));
  expect([...new Set(named)].filter((row) => !rows.includes(row))).toEqual([]);
  expect(new Set(named).size).toBeGreaterThan(9);
});
