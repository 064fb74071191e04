/** Works through a list a few at a time, one chunk after the other. */
export async function inChunks<T>(
  all: readonly T[],
  size: number,
  work: (chunk: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += size) await work(all.slice(from, from + size));
}
