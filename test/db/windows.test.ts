import { expect, test } from 'vitest';
import { searchable } from '../../src/db/searchable.ts';
import { type KeyedList, readSlice } from '../../src/db/windows.ts';

interface Asked {
  reads: number;
  /** Rows between the two ends of the longest window. */
  longest: number;
}

/** Numbers from `count` down to 1; `passes` is what the database lets through. */
function numbers(count: number, passes: (n: number) => boolean, extra: Partial<KeyedList<number, number>> = {}) {
  const asked: Asked = { reads: 0, longest: 0 };
  const list: KeyedList<number, number> = {
    filtered: true,
    keyOf: (n) => n,
    async ahead(after = count + 1, rows) {
      return after - rows >= 1 ? after - rows : undefined;
    },
    async read(after = count + 1, until = 1, limit) {
      asked.reads++;
      asked.longest = Math.max(asked.longest, after - until);
      const rows = [];
      for (let n = after - 1; n >= until && rows.length < limit; n--) if (passes(n)) rows.push(n);
      return rows;
    },
    ...extra,
  };
  return { list, asked };
}

async function all(list: KeyedList<number, number>, limit: number, mostRows?: number): Promise<number[]> {
  const rows = [];
  let after: number | undefined;
  do {
    const slice = await readSlice(list, after, limit, mostRows);
    expect(slice.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...slice.rows);
    after = slice.next;
  } while (after !== undefined);
  return rows;
}

test.each([
  [0, 10],
  [1, 1],
  [1_999, 7],
  [2_000, 50],
  [2_001, 200],
  [45_000, 200],
])('of %i rows each that passes is read once, in order, %i at a time', async (count, limit) => {
  const wanted = Array.from({ length: count }, (_, i) => count - i).filter((n) => n % 7 === 0);
  const inDatabase = numbers(count, (n) => n % 7 === 0);
  expect(await all(inDatabase.list, limit)).toEqual(wanted);
  const inMatches = numbers(count, (n) => n % 2 === 1 || n % 14 === 0, { matches: (n) => n % 7 === 0 });
  expect(await all(inMatches.list, limit)).toEqual(wanted);
});

test('a call that finds nothing ends after so many rows, with a place to go on from', async () => {
  const { list, asked } = numbers(1_000_000, () => false);
  expect(await readSlice(list, undefined, 50)).toEqual({ rows: [], next: 980_001 });
  expect(asked).toEqual({ reads: 10, longest: 2_000 });
  expect(await readSlice(list, 15_000, 50)).toEqual({ rows: [], next: undefined });
});

test('where the database lets everything through, and nothing matches, a call ends sooner', async () => {
  const { list, asked } = numbers(1_000_000, () => true, { matches: () => false });
  const { rows, next = 0 } = await readSlice(list, undefined, 50);
  expect([rows, asked.reads, 1_000_001 - next]).toEqual([[], 9, 1_800]);
  expect(await readSlice(list, next, 50)).toMatchObject({ next: next - 1_800 });
});

test('others get their turn between two windows', async () => {
  const { list } = numbers(1_000_000, () => false);
  let turns = 0;
  let reading = true;
  const count = () => {
    turns++;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  await readSlice(list, undefined, 50);
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(9);
});

test('without a filter one read is enough, and says whether there is more', async () => {
  const { list, asked } = numbers(100, () => true, { filtered: false });
  expect(await readSlice(list, undefined, 50)).toEqual({ rows: expect.arrayContaining([100, 51]), next: 51 });
  expect(await readSlice(list, 51, 50)).toMatchObject({ next: undefined });
  expect(asked.reads).toBe(2);
});

test('a search compares small letters without accents', () => {
  expect(searchable('ÁÉÍÓÚÜÑ Ça va')).toBe('aeiouun ca va');
  expect(searchable('İstanbul')).toBe('istanbul');
  expect(searchable('ИВАН 😀 \ud800')).toBe('иван 😀 \ud800');
  expect(searchable('PLAIN ascii_%')).toBe('plain ascii_%');
});
