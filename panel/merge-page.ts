/** A page of a list: `next` is the cursor of what follows, null at the end. */
export interface Page<Row> {
  items: readonly Row[];
  next: string | null;
}

/**
 * A list's first page, fetched again, put over the rows that were shown: new rows come in, changed ones change, those
 * that no longer fit the filter go, and what was loaded beyond it stays. Where nothing of the old rows is left in the
 * page, rows between the two may be missing, so that the page alone is right.
 */
export function mergePage<Row>(first: Page<Row>, shown: Page<Row>, key: (row: Row) => string): Page<Row> {
  if (first.next === null) return first;
  const fresh = new Set(first.items.map(key));
  const lastCommon = shown.items.findLastIndex((row) => fresh.has(key(row)));
  const beyond = shown.items.slice(lastCommon + 1);
  if (lastCommon === -1 || beyond.length === 0) return first;
  return { items: [...first.items, ...beyond], next: shown.next };
}
