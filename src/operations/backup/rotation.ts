import type { Copy } from './copies.ts';

/** Days whose newest copy is kept … */
const DAYS = 7;
/** … and, of what is older, weeks. */
const WEEKS = 4;

/**
 * The copies that are not kept any more: all but the newest one of each of the last 7 days that have one, and of each of
 * the last 4 weeks before. The newest of all is always kept. One whose time has not come (the clock was wrong) is neither
 * counted nor given up.
 * @param now in milliseconds
 * @param zone where days begin and end
 */
export function outdated(copies: readonly Copy[], now: number, zone: string): Copy[] {
  const past = copies.filter(({ madeAt }) => madeAt <= now).sort((a, b) => b.madeAt - a.madeAt);
  const kept = new Set<Copy>();
  const keepNewest = (most: number, periodOf: (day: Temporal.PlainDate) => string) => {
    let seen: string | undefined;
    let more = most;
    for (const copy of past) {
      const period = periodOf(
        Temporal.Instant.fromEpochMilliseconds(copy.madeAt).toZonedDateTimeISO(zone).toPlainDate(),
      );
      if (period === seen) continue;
      seen = period;
      if (kept.has(copy)) continue;
      if (more-- === 0) return;
      kept.add(copy);
    }
  };
  keepNewest(DAYS, (day) => day.toString());
  keepNewest(WEEKS, (day) => day.subtract({ days: day.dayOfWeek - 1 }).toString());
  return past.filter((copy) => !kept.has(copy));
}
