import { expect, test } from 'vitest';
import { byLastContact, type ContactKey, type Noted } from '../../src/admin/inbox/last-contact.ts';

const MINUTE_MS = 60_000;

/** Persons of whom it is noted up to a minute late when they were there; always the same ones. */
function town(count: number): Noted[] {
  let state = 7;
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return Array.from({ length: count }, (_, at) => {
    const noted = next(count) * 2_000;
    return { telegram_id: at + 1, last_interaction: noted, came: next(3) === 0 ? null : noted + next(MINUTE_MS) };
  });
}

/** @param mostRows of the list that one reading looks at; of those, every `each`th passes the filter */
function reader(people: readonly Noted[], mostRows: number, each = 1) {
  const noted = [...people].sort((a, b) => b.last_interaction - a.last_interaction || b.telegram_id - a.telegram_id);
  let looked = 0;
  const read = async (from: ContactKey | undefined, most: number) => {
    const behind = noted.filter(
      ({ last_interaction: at, telegram_id: id }) =>
        from === undefined || at < from[0] || (at === from[0] && id < from[1]),
    );
    const rows: Noted[] = [];
    for (const [place, row] of behind.entries()) {
      if (rows.length === most || place === mostRows) {
        const last = behind[place - 1];
        return { rows, next: last && ([last.last_interaction, last.telegram_id] as const) };
      }
      looked += 1;
      if (row.telegram_id % each === 0) rows.push(row);
    }
    return { rows, next: undefined };
  };
  return { read, looked: () => looked };
}

async function everyId(read: ReturnType<typeof reader>['read'], limit: number) {
  const ids: number[] = [];
  let after: ContactKey | undefined;
  do {
    const page = await byLastContact(read, after, limit);
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    ids.push(...page.rows.map(({ telegram_id: id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

const inOrder = (people: readonly Noted[]) =>
  people
    .map(({ telegram_id: id, last_interaction: noted, came }) => ({ id, at: Math.max(noted, came ?? 0) }))
    .sort((a, b) => b.at - a.at || b.id - a.id)
    .map(({ id }) => id);

test.each([1, 7, 50, 400])(
  'pages of %i have everybody once, in the order of when they were there last',
  async (limit) => {
    const people = town(300);
    expect(await everyId(reader(people, 10_000).read, limit)).toEqual(inOrder(people));
  },
);

test('where a reading ends early, the next page goes on, and leaves nobody out', async () => {
  const people = town(400);
  const few = people.filter(({ telegram_id: id }) => id % 9 === 0);
  expect(await everyId(reader(people, 20, 9).read, 5)).toEqual(inOrder(few));
});

test('a page looks at no more than itself and those of about a minute before its end', async () => {
  const hourly = Array.from({ length: 500 }, (_, at) => ({
    telegram_id: at + 1,
    last_interaction: at * 60 * MINUTE_MS,
    came: null,
  }));
  const { read, looked } = reader(hourly, 10_000);
  expect((await byLastContact(read, undefined, 50)).rows).toHaveLength(50);
  expect(looked()).toBeLessThanOrEqual(300);
});

test('who was not noted for long stands where one stands of whom all is noted', async () => {
  const people = [
    { telegram_id: 1, last_interaction: 1_000, came: 900 * MINUTE_MS },
    { telegram_id: 2, last_interaction: 2_000, came: null },
    { telegram_id: 3, last_interaction: 1_500 + MINUTE_MS, came: null },
  ];
  expect(await everyId(reader(people, 10_000).read, 1)).toEqual([3, 1, 2]);
});
