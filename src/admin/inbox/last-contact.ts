import { nextTurn } from '../../clock.ts';
import type { Slice } from '../../db/windows.ts';
import { NOTED_EVERY_MS } from '../../users/user.ts';

/** When somebody was there, and their id. */
export type ContactKey = readonly [at: number, telegramId: number];

/** A person, as far as their place in the list goes. */
export interface Noted {
  telegram_id: number;
  last_interaction: number;
  /** When their last message or press came. */
  came: number | null;
}

/** Persons in the order of what is noted of when they were there, the last first, behind `from`. */
export type ReadNoted<R> = (from: ContactKey | undefined, most: number) => Promise<Slice<R, ContactKey>>;

/** Who was there within a minute of each other is read in steps of so many. */
const STEP_ROWS = 200;

/**
 * A page of persons in the order of when they really were there last. What is noted of it is up to a minute older, so that
 * a message costs no more than its own row. So every person who may belong on the page is read: all who are noted within a
 * minute before its last row. With fewer rows than asked for it may go on all the same, where `read` ends before.
 */
export async function byLastContact<R extends Noted>(
  read: ReadNoted<R>,
  after: ContactKey | undefined,
  limit: number,
): Promise<Slice<Omit<R, 'came'> & { at: number }, ContactKey>> {
  const held: (Omit<R, 'came'> & { at: number })[] = [];
  let most = limit + 1;
  let from: ContactKey | undefined = after && [after[0] + 1, 0];
  for (;;) {
    const { rows, next } = await read(from, most);
    for (const { came, ...row } of rows) {
      const at = lastContact(row.last_interaction, came);
      if (after === undefined || compare([at, row.telegram_id], after) > 0) held.push({ ...row, at });
    }
    // The persons who were not read yet were there at this time at the latest.
    const certain = next === undefined ? Number.NEGATIVE_INFINITY : next[0] + NOTED_EVERY_MS;
    const page = held.filter(({ at }) => at > certain).sort((a, b) => compare(keyOf(a), keyOf(b)));
    if (page.length > limit) {
      const shown = page.slice(0, limit);
      const last = shown.at(-1);
      return { rows: shown, next: last && keyOf(last) };
    }
    if (next === undefined) return { rows: page, next: undefined };
    // A short step has looked at as much as one call may; but it does not end where it would begin once more.
    const reached: ContactKey = [certain + 1, 0];
    if (rows.length < most && (after === undefined || compare(reached, after) > 0))
      return { rows: page, next: reached };
    from = next;
    most = STEP_ROWS;
    await nextTurn();
  }
}

function lastContact(noted: number, came: number | null): number {
  // An older version did not note presses: such a person stands where one stands of whom all is noted.
  return Math.min(Math.max(noted, came ?? 0), noted + NOTED_EVERY_MS);
}

function keyOf({ at, telegram_id: id }: { at: number; telegram_id: number }): ContactKey {
  return [at, id];
}

/** The later one comes first; of two at once, the greater id. */
function compare([at, id]: ContactKey, [otherAt, otherId]: ContactKey): number {
  return otherAt - at || otherId - id;
}
