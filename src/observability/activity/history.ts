import { addCounts, type Counts, noCounts } from './activity-counts.ts';
import type { MinuteRow } from './activity-store.ts';

const MINUTE_MS = 60_000;

/** One value a minute, from `from` on; a minute without anything is 0, or null if nothing was measured. */
export interface History {
  from: number;
  counts: Record<keyof Counts, number[]>;
  p50_ms: (number | null)[];
  p99_ms: (number | null)[];
}

/** @param rows in any order; several of one minute add up */
export function historyOf(from: number, minutes: number, rows: readonly MinuteRow[]): History {
  const sums = Array.from({ length: minutes }, noCounts);
  const p50 = new Array<number | null>(minutes).fill(null);
  const p99 = new Array<number | null>(minutes).fill(null);
  for (const row of rows) {
    const index = (row.minute - from) / MINUTE_MS;
    const sum = sums[index];
    if (sum === undefined) continue;
    addCounts(sum, row);
    p50[index] = row.p50_ms ?? p50[index] ?? null;
    p99[index] = row.p99_ms ?? p99[index] ?? null;
  }
  const column = (key: keyof Counts) => sums.map((sum) => sum[key]);
  const counts = {
    updates: column('updates'),
    instructions: column('instructions'),
    completed: column('completed'),
    failed: column('failed'),
    pushes: column('pushes'),
    pushes_failed: column('pushes_failed'),
  };
  return { from, counts, p50_ms: p50, p99_ms: p99 };
}
