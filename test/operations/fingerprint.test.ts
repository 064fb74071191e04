import { expect, test } from 'vitest';
import { Fingerprint, type Value } from '../../src/operations/move/fingerprint.ts';

function of(...rows: Value[][]): Fingerprint {
  const fingerprint = new Fingerprint();
  for (const row of rows) fingerprint.add(row);
  return fingerprint;
}

test('two tables with the same rows in another order have one fingerprint', () => {
  const [a, b]: Value[][] = [
    ['1', 'Ana', null],
    ['2', 'Eva', Buffer.from([0, 255])],
  ];
  expect(of(a ?? [], b ?? []).equals(of(b ?? [], a ?? []))).toBe(true);
});

test.each<[string, Value[][], Value[][]]>([
  ['a row is missing', [['1'], ['2']], [['1']]],
  ['a row is there twice', [['1']], [['1'], ['1']]],
  ['a value moved into the next column', [['a,b', 'c']], [['a', 'b,c']]],
  ['columns changed places', [['a', 'b']], [['b', 'a']]],
  ['nothing became an empty text', [[null]], [['']]],
  ['nothing became a dash', [[null]], [['-']]],
  ['bytes became their text', [[Buffer.from('a')]], [['61']]],
  [
    'values changed rows',
    [
      ['1', 'a'],
      ['2', 'b'],
    ],
    [
      ['1', 'b'],
      ['2', 'a'],
    ],
  ],
])('where %s, the fingerprints differ', (_name, one, other) => {
  expect(of(...one).equals(of(...other))).toBe(false);
});
