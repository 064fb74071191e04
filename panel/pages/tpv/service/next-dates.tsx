import type { TpvTimetable } from '../../../../src/admin/schemas/service.ts';
import { calendarDay, enumeration, number } from '../../../format.ts';
import { now } from '../../../now.ts';
import { timeZone } from '../../../session.ts';
import { wallTime } from '../../../wall-time.ts';
import { serviceWords as words } from '../../../words/service.ts';

/** So many are shown; the timetable's window has all. */
const MOST = 3;

/** The dates to come that have hours of their own, the next first. */
export function NextDates({ exceptions }: Pick<TpvTimetable, 'exceptions'>) {
  const today = wallTime(now.value, timeZone.value).slice(0, 10);
  const next = exceptions.filter(({ date }) => date >= today).sort((a, b) => a.date.localeCompare(b.date));
  if (next.length === 0) return null;
  return (
    <section aria-label={words.nextDates}>
      <p class="muted">{words.nextDates}</p>
      <ul>
        {next.slice(0, MOST).map(({ date, hours }) => (
          <li key={date}>{written(calendarDay(date, today), hours)}</li>
        ))}
        {next.length > MOST ? <li class="muted">{words.moreDates(number(next.length - MOST))}</li> : null}
      </ul>
    </section>
  );
}

function written(day: string, hours: TpvTimetable['exceptions'][number]['hours']): string {
  if (hours.length === 0) return words.closedDate(day);
  return words.openDate(day, enumeration(hours.map(([opens, closes]) => words.hours(opens, closes))));
}
