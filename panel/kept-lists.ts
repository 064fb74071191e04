import type { Page } from './merge-page.ts';

/** More lists than this are forgotten, the oldest first. */
const MOST_LISTS = 10;

const kept = new Map<string, Page<unknown>>();

/** Remembers what a list showed, for who goes back to it. */
export function keepList(name: string, page: Page<unknown>): void {
  kept.delete(name);
  kept.set(name, page);
  const [oldest] = kept.keys();
  if (kept.size > MOST_LISTS && oldest !== undefined) kept.delete(oldest);
}

/** What the list of this name showed last. A name belongs to one kind of rows. */
export function keptList<Row>(name: string): Page<Row> | undefined {
  return kept.get(name) as Page<Row> | undefined;
}
