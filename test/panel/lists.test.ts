import { expect, test } from 'vitest';
import { mergePage } from '../../panel/merge-page.ts';
import { throttle } from '../../panel/throttle.ts';

interface Row {
  id: string;
  state?: string;
}
const rows = (ids: string): Row[] => [...ids].map((id) => ({ id }));
const merge = (first: string, shown: string, next: string | null = 'n') => {
  const merged = mergePage({ items: rows(first), next }, { items: rows(shown), next: 'old' }, ({ id }) => id);
  return [merged.items.map(({ id }) => id).join(''), merged.next];
};

test('new rows come in above what was loaded', () => {
  expect(merge('zyxa', 'abcdef')).toEqual(['zyxabcdef', 'old']);
});

test('a row that the first page holds looks as it is there', () => {
  const first = { items: [{ id: 'a', state: 'new' }], next: 'n' };
  const shown = { items: [{ id: 'a', state: 'old' }, { id: 'b' }], next: 'old' };
  expect(mergePage<Row>(first, shown, ({ id }) => id).items).toEqual([{ id: 'a', state: 'new' }, { id: 'b' }]);
});

test('rows that no longer fit go, and those beyond the first page stay', () => {
  expect(merge('acd', 'abcdef')).toEqual(['acdef', 'old']);
});

test('where nothing is in common rows may be missing between, and the page alone is right', () => {
  expect(merge('xyz', 'abc')).toEqual(['xyz', 'n']);
});

test('where a row moved up from below the first page, what stood above it stays', () => {
  const ranked = (ids: string) => [...ids].map((id, at) => ({ id, rank: String(900 - at) }));
  const shown = { items: ranked('abcdef'), next: 'old' };
  const moved = { id: 'e', rank: '999' };
  const [a] = shown.items;
  const first = { items: [moved, ...(a === undefined ? [] : [a])], next: 'n' };
  const merged = mergePage(
    first,
    shown,
    ({ id }) => id,
    ({ rank }) => rank,
  );
  expect([merged.items.map(({ id }) => id).join(''), merged.next]).toEqual(['eabcdf', 'old']);
});

test('the whole list is what it is', () => {
  expect(merge('ac', 'abcdef', null)).toEqual(['ac', null]);
  expect(merge('', 'abc', null)).toEqual(['', null]);
});

test('many calls lead to one run at a time, and one more after it', async () => {
  let runs = 0;
  let running = 0;
  let most = 0;
  const gates: (() => void)[] = [];
  const started: (() => void)[] = [];
  const begun = () => new Promise<void>((resolve) => started.push(resolve));
  const work = throttle(async () => {
    runs += 1;
    running += 1;
    most = Math.max(most, running);
    started.shift()?.();
    await new Promise<void>((resolve) => gates.push(resolve));
    running -= 1;
  }, 0);
  const first = begun();
  for (let call = 0; call < 5; call++) work();
  await first;
  const second = begun();
  for (let call = 0; call < 5; call++) work();
  gates.shift()?.();
  await second;
  gates.shift()?.();
  expect([runs, most]).toEqual([2, 1]);
});

test('a cancelled run does not happen', async () => {
  let runs = 0;
  const work = throttle(async () => {
    runs += 1;
  }, 0);
  work();
  work.cancel();
  await new Promise<void>((resolve) => {
    const later = throttle(async () => resolve(), 0);
    later();
  });
  expect(runs).toBe(0);
});
