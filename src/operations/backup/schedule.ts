/** When copies are made: at a time of day, where a clock hangs. */
export interface Nightly {
  /** `04:30` */
  at: string;
  zone: string;
}

const HOUR_MS = 3_600_000;
/** Beyond this the newest copy is too old: a day, and two hours for one that takes long, or is tried again. */
export const OLD_MS = 26 * HOUR_MS;

/**
 * The last moment, up to `now`, at which a copy was to be made. There is one each day: a time that the clock leaves out
 * comes an hour later, and of one that comes twice the first counts.
 * @param now in milliseconds
 */
export function lastNight({ at, zone }: Nightly, now: number): number {
  const momentOn = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(at) }).epochMilliseconds;
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  const moment = momentOn(today);
  return moment <= now ? moment : momentOn(today.subtract({ days: 1 }));
}

/**
 * Whether a copy is to be made now: its time came while the hub ran, or the newest one is too old, as after the hub was
 * off for a night.
 * @param when in milliseconds: `newest` is when the newest copy was made, `since` when the hub started
 */
export function isDue(nightly: Nightly, when: { now: number; since: number; newest: number | undefined }): boolean {
  const { now, since, newest } = when;
  if (isOld(newest, now)) return true;
  const night = lastNight(nightly, now);
  return night >= since && (newest ?? 0) < night;
}

/** Whether the newest copy is too old, or there is none. */
export function isOld(newest: number | undefined, now: number): boolean {
  return newest === undefined || now - newest > OLD_MS;
}
