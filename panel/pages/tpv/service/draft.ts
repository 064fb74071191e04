import type { TpvServiceChange, TpvTimetable } from '../../../../src/admin/schemas/service.ts';
import { serviceWords } from '../../../words/service.ts';

export type Hours = TpvTimetable['weekly']['mon'];
export type Day = keyof TpvTimetable['weekly'];

/** The days in their order. */
// The words have each day of the schema, and no other.
export const DAYS = Object.keys(serviceWords.days) as Day[];
/** What a new pair of hours begins with. */
export const USUAL_HOURS: Hours[number] = ['13:00', '16:00'];
export const MOST_RANGES = 6;

/** A timetable while it is edited; a date may be empty still. */
export interface TimetableDraft {
  zone: string;
  weekly: Record<Day, Hours>;
  exceptions: { date: string; hours: Hours }[];
}

export function draftOf(timetable: TpvTimetable | null, zone: string): TimetableDraft {
  const weekly = timetable?.weekly ?? byDay(() => []);
  return {
    zone: timetable?.zone ?? zone,
    weekly: byDay((day) => weekly[day].map(shownHours)),
    exceptions: (timetable?.exceptions ?? []).map(({ date, hours }) => ({ date, hours: hours.map(shownHours) })),
  };
}

/** @param today as `2026-11-28`: exceptions before the day before it say nothing any more */
export function timetableOf(
  { zone, weekly, exceptions }: TimetableDraft,
  today: string,
): TpvServiceChange['timetable'] {
  const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  const kept = exceptions.filter(({ date }) => date >= yesterday);
  return { zone, weekly, exceptions: kept.sort((a, b) => a.date.localeCompare(b.date)) };
}

/** Whether every field has something in it, so that the hub can be asked about it. */
export function isComplete({ weekly, exceptions }: TimetableDraft): boolean {
  const hours = [...Object.values(weekly), ...exceptions.map((exception) => exception.hours)].flat();
  return hours.every(([opens, closes]) => opens !== '' && closes !== '') && exceptions.every(({ date }) => date !== '');
}

export function byDay(hours: (day: Day) => Hours): Record<Day, Hours> {
  // Each of the days gets hours.
  return Object.fromEntries(DAYS.map((day) => [day, hours(day)])) as Record<Day, Hours>;
}

/** A field of the kind `time` has no 24:00; 00:00 as an end is the same. */
function shownHours([opens, closes]: Hours[number]): Hours[number] {
  return [opens, closes === '24:00' ? '00:00' : closes];
}
