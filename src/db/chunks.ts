/** Works through a list a few at a time, one chunk after the other: a long list in one statement would be refused. */
export async function inChunks<T>(
  all: readonly T[],
  size: number,
  work: (chunk: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += size) await work(all.slice(from, from + size));
}

/** What became of the members of a list that was worked through: how many it was done to, and the others. */
export interface BulkOutcome<S> {
  /** How many were, or would be, changed. */
  count: number;
  skipped: S[];
}

/** Works through a list without its repetitions, one chunk after the other, and adds up what became of each. */
export async function tallyInChunks<T, S>(
  all: readonly T[],
  size: number,
  work: (chunk: readonly T[]) => Promise<BulkOutcome<S>>,
): Promise<BulkOutcome<S>> {
  const total: BulkOutcome<S> = { count: 0, skipped: [] };
  await inChunks([...new Set(all)], size, async (chunk) => {
    const { count, skipped } = await work(chunk);
    total.count += count;
    total.skipped.push(...skipped);
  });
  return total;
}
