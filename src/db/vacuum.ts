/** What giving pages back needs of the database's writing connection. */
export interface Pages {
  /** Pages of the file that hold nothing. */
  free(): number;
  /** All pages of the file. */
  count(): number;
  /** Gives up to so many pages back to the file system, in a commit of its own. */
  giveBack(most: number): void;
}

/**
 * This many free pages (4 MiB), and a tenth of the file, stay for the rows to come: as much comes as retention
 * deletes, and a file that shrinks and grows again costs more than it saves.
 */
const LEAST_KEPT_PAGES = 1_024;
const KEPT_SHARE = 0.1;

/** A step that took longer is followed by one half as long, and a shorter one by one twice as long. */
const LONG_STEP_MS = 8;
const SHORT_STEP_MS = 2;
const FIRST_STEP_PAGES = 16;
const MOST_STEP_PAGES = 512;

/**
 * Gives back what retention left behind, a few pages a call, so that no update waits for it. A database that was made
 * before its file could shrink keeps its pages, and fills them again.
 * @param elapsed milliseconds of a clock that only goes on
 * @returns a function that takes one step
 */
export function shrinking(pages: Pages, elapsed: () => number): () => void {
  let step = FIRST_STEP_PAGES;
  return () => {
    const free = pages.free();
    if (free <= Math.max(LEAST_KEPT_PAGES, pages.count() * KEPT_SHARE)) return;
    const startedAt = elapsed();
    pages.giveBack(step);
    const tookMs = elapsed() - startedAt;
    if (tookMs > LONG_STEP_MS) step = Math.max(1, Math.floor(step / 2));
    else if (tookMs < SHORT_STEP_MS) step = Math.min(MOST_STEP_PAGES, step * 2);
  };
}
