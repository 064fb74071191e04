import type { Database } from '../src/db/open.ts';
import { addMinutes, type MinuteRow } from '../src/observability/activity/activity-store.ts';

const MINUTE_MS = 60_000;
const MINUTES = 75;

/** Makes up the last hour of a TPV, or of the whole hub (`''`), so that the panel's plots have a shape from the start. */
export async function makeUpPast(db: Database, tpvId: string, now: number, ordersPerMinute: number): Promise<void> {
  const thisMinute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const rows = Array.from({ length: MINUTES }, (_, back): MinuteRow => {
    // A wave of dinner time with a ripple on it: the same at every start.
    const wave = 0.6 + 0.4 * Math.sin(back / 12) + 0.25 * Math.sin(back * 1.7);
    const orders = Math.max(0, Math.round(ordersPerMinute * wave));
    const failed = back % 17 === 5 ? 1 : 0;
    return {
      minute: thisMinute - (back + 1) * MINUTE_MS,
      tpv_id: tpvId,
      updates: orders + 1,
      instructions: orders,
      completed: Math.max(0, orders - failed),
      failed,
      pushes: orders * 2,
      pushes_failed: 0,
      p50_ms: orders === 0 ? null : 3 + wave * 2,
      p99_ms: orders === 0 ? null : 14 + wave * 9,
    };
  });
  await addMinutes(db, rows, () => {});
}
