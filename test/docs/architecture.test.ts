import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MOVES } from '#protocol';
import { codeOf, docsPage, rowsOf, sectionOf } from '../support/docs.ts';
import { ROOT } from '../support/process.ts';

const page = docsPage('architecture.md');

test('the table of moves is the one of the code', () => {
  const rows = rowsOf(sectionOf(page, '## The states of an instruction'));
  const moves = rows.map(([name, from = '', to]) => [codeOf(name)[0], { from: from.split(', '), to }]);
  expect(Object.fromEntries(moves)).toEqual(MOVES);
});

test('every room of src is described, and no other', () => {
  const described = rowsOf(sectionOf(page, '## Rooms'))
    .flatMap(([cell]) => codeOf(cell))
    .map((name) => name.replace(/\/$/, ''));
  expect(described.sort()).toEqual(readdirSync(join(ROOT, 'src')).sort());
});

/** How many files a newcomer reads for each. */
const WALKS: Readonly<Record<string, number>> = {
  'Webhook → socket': 8,
  'Report → row': 4,
  'Push → Telegram': 5,
  'Press → answer': 6,
};

test.each(Object.entries(WALKS))('%s is told in no more than %i files, which are there', (name, most) => {
  const [, walk = ''] = page.split(`**${name}**`);
  const files = rowsOf(walk.split(/^(?:\*\*|#)/m)[0] ?? '').flatMap(([cell]) => codeOf(cell));
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(files.length).toBeGreaterThan(2);
  expect(files.length).toBeLessThanOrEqual(most);
});
