import { type Timetable, WEEKDAYS } from '#protocol';

/** Whether a restaurant is open by its timetable, and when that changes. */
export type Hours =
  | { isOpen: true /** Undefined: it does not close within a week. */; closesAt: number | undefined }
  | { isOpen: false /** Undefined: it does not open within a year. */; opensAt: number | undefined };

/** From when until when, in milliseconds; the end is no part of it. */
interface Span {
  from: number;
  until: number;
}

const WEEK_MS = 7 * 86_400_000;
/** Hours of the day before yesterday can still run: they last a day, and a day may have 25 hours. */
const DAYS_BEFORE = 2;
const DAYS_AHEAD = 367;
const MIDNIGHT = '24:00';

/**
 * What a timetable says of a moment. Times are those of a clock on the restaurant's wall: where the clock is put
 * forward, what lies in the hour that does not exist happens at the change; where it is put back, what lies in the
 * hour that comes twice happens the first time.
 * @param now in milliseconds
 */
export function hoursAt(timetable: Timetable, now: number): Hours {
  let run: Span | undefined;
  for (const span of spans(timetable, now)) {
    if (run !== undefined && span.from <= run.until) {
      run.until = Math.max(run.until, span.until);
    } else {
      if (run !== undefined && run.until > now) break;
      run = { ...span };
    }
    // It opens later, or is open for so long that nobody asks for the end.
    if (run.from > now || run.until > now + WEEK_MS) break;
  }
  if (run === undefined || run.until <= now) return { isOpen: false, opensAt: undefined };
  if (run.from > now) return { isOpen: false, opensAt: run.from };
  return { isOpen: true, closesAt: run.until > now + WEEK_MS ? undefined : run.until };
}

/** Every span that may matter, in the order of their beginnings. */
function* spans({ zone, weekly, exceptions }: Timetable, now: number): Generator<Span> {
  const own = new Map(exceptions.map(({ date, hours }) => [date, hours]));
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  for (let day = -DAYS_BEFORE; day <= DAYS_AHEAD; day++) {
    const date = today.add({ days: day });
    const weekday = WEEKDAYS[date.dayOfWeek - 1];
    const hours = (own.size > 0 ? own.get(date.toString()) : undefined) ?? (weekday ? weekly[weekday] : []);
    if (hours.length === 0) continue;
    const ofDay = hours.map(([opens, closes]) => ({
      from: momentOf(date, opens, zone),
      until:
        closes > opens && closes !== MIDNIGHT
          ? momentOf(date, closes, zone)
          : momentOf(date.add({ days: 1 }), closes === MIDNIGHT ? '00:00' : closes, zone),
    }));
    // Hours that lie within an hour that does not exist are none.
    yield* ofDay.filter(({ from, until }) => until > from).sort((a, b) => a.from - b.from);
  }
}

/** When it is this time on this date, or, if the clock leaves that time out, when it does so. */
function momentOf(date: Temporal.PlainDate, time: string, timeZone: string): number {
  const wanted = Temporal.PlainTime.from(time);
  const moment = date.toZonedDateTime({ timeZone, plainTime: wanted });
  if (moment.toPlainTime().equals(wanted)) return moment.epochMilliseconds;
  // It may be the change itself, which "previous" leaves out.
  const change = moment.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  return (change ?? moment).epochMilliseconds;
}
