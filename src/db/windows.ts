import { nextTurn } from '../clock.ts';

/** A list that is read by key, such as the rows of a table, newest first. */
export interface KeyedList<R, K> {
  /** The rows behind `after`, as far as `until` and with it, that pass the filters; at most `limit`, in order. */
  read(after: K | undefined, until: K | undefined, limit: number): Promise<R[]>;
  /** The key of the row `rows` further on, whether it passes the filters or not; undefined if the list ends before. */
  ahead(after: K | undefined, rows: number): Promise<K | undefined>;
  keyOf(row: R): K;
  /** Whether `read` leaves rows out for which no index helps. */
  filtered: boolean;
  /** What the database could not decide. */
  matches?: ((row: R) => boolean) | undefined;
}

interface Ordered<R> {
  offset(rows: number): { limit(rows: number): { executeTakeFirst(): Promise<R | undefined> } };
}

/** The row that stands `rows` further on in a query: what `ahead` of a table's list looks up. */
export function rowAhead<R>(query: Ordered<R>, rows: number): Promise<R | undefined> {
  return query
    .offset(rows - 1)
    .limit(1)
    .executeTakeFirst();
}

/** Rows of one index, in its order. */
export interface CountedRange<K> {
  /** The key of the row `rows` further on than `after`; undefined if the range ends before. */
  ahead(after: K | undefined, rows: number): Promise<K | undefined>;
  /** How many rows come after `after`; of a `filtered` range, as far as `until` and with it. */
  count(after: K | undefined, until?: K): Promise<number>;
  /** Whether `count` leaves rows out that `ahead` walks over. */
  filtered?: true;
}

/** Counts rows, a bounded number in each statement; other work runs in between, and after the last one. */
export async function countInPieces<K>(range: CountedRange<K>): Promise<number> {
  let counted = 0;
  for (let at: K | undefined; ; ) {
    const further = await range.ahead(at, PIECE_ROWS);
    if (further === undefined) {
      counted += await range.count(at);
      await nextTurn();
      return counted;
    }
    counted += range.filtered ? await range.count(at, further) : PIECE_ROWS;
    at = further;
    await nextTurn();
  }
}

/** Rows of a list, and the key behind which the next ones begin; undefined at the end. */
export interface Slice<R, K> {
  rows: R[];
  next: K | undefined;
}

/**
 * Rows that one statement looks at. SQLite answers on the hub's own thread: a statement over a million rows would hold
 * up every update meanwhile.
 */
const WINDOW_ROWS = 2_000;
/** Index entries that one statement counts: a year of one TPV's rows takes many short ones. */
export const PIECE_ROWS = 20_000;
/** Rows that one call looks at, unless its caller says otherwise. */
const MOST_ROWS = 20_000;
/** Rows read at a time if `matches` has the last word; one costs as much as this many that the database skips. */
const CANDIDATES = 200;
const CANDIDATE_COST = 10;

/**
 * Reads the next `limit` rows of a list. If a filter has no index, the list is read window by window, others
 * get their turn in between, and after `mostRows` it ends: the slice is short then, even empty, and has a `next`.
 */
export async function readSlice<R, K>(
  list: KeyedList<R, K>,
  after: K | undefined,
  limit: number,
  mostRows = MOST_ROWS,
): Promise<Slice<R, K>> {
  if (!list.filtered) {
    const rows = await list.read(after, undefined, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { rows: rows.slice(0, limit), next: last === undefined ? undefined : list.keyOf(last) };
  }
  const rows: R[] = [];
  let at = after;
  for (let looked = 0; looked < mostRows; ) {
    const until = await list.ahead(at, WINDOW_ROWS);
    looked += WINDOW_ROWS;
    for (;;) {
      const most = list.matches === undefined ? limit - rows.length : CANDIDATES;
      const found = await list.read(at, until, most);
      for (const row of found) {
        if (list.matches?.(row) === false) continue;
        rows.push(row);
        if (rows.length === limit) return { rows, next: list.keyOf(row) };
      }
      const last = found.at(-1);
      if (last === undefined || found.length < most) break;
      at = list.keyOf(last);
      looked += found.length * CANDIDATE_COST;
      if (looked >= mostRows) return { rows, next: at };
      await nextTurn();
    }
    if (until === undefined) return { rows, next: undefined };
    at = until;
    await nextTurn();
  }
  return { rows, next: at };
}
