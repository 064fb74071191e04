/** A page of a list: `next` is the cursor of what follows, null at the end. */
export interface Page<Row> {
  items: readonly Row[];
  next: string | null;
}

/**
 * A list's first page, fetched again, put over the rows that were shown: new rows come in, changed ones change, those
 * that no longer fit the filter go, and what was loaded beyond it stays. Where nothing of the old rows is left in the
 * page, rows between the two may be missing, so that the page alone is right.
 * @param rank of a list in which rows move up: what is greater stands higher. What a row that moved up stood below stays
 */
export function mergePage<Row>(
  first: Page<Row>,
  shown: Page<Row>,
  key: (row: Row) => string,
  rank?: (row: Row) => string,
): Page<Row> {
  const last = first.items.at(-1);
  if (first.next === null) return first;
  const fresh = new Set(first.items.map(key));
  const lastCommon = shown.items.findLastIndex((row) => fresh.has(key(row)));
  if (lastCommon === -1) return first;
  const beyond =
    rank === undefined || last === undefined
      ? shown.items.slice(lastCommon + 1)
      : shown.items.filter((row) => !fresh.has(key(row)) && rank(row) <= rank(last));
  if (beyond.length === 0) return first;
  return { items: [...first.items, ...beyond], next: shown.next };
}
