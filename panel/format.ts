import { now } from './now.ts';
import { timeZone } from './session.ts';
import { locale } from './words/language.ts';
import { timeWords } from './words/time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const numbers = new Intl.NumberFormat(locale, { useGrouping: 'always' });
const lists = new Intl.ListFormat(locale);
const relativeTimes = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });

/** `12.345`. */
export function number(value: number): string {
  return numbers.format(value);
}

/** `1.234,5`, with at most so many digits after the comma. */
export function decimal(value: number, digits = 1): string {
  return value.toLocaleString(locale, { maximumFractionDigits: digits, useGrouping: 'always' });
}

/** A span that a person can take in: `12 ms`, `1,4 s`, `3 min`, `2 h 5 min`, `4 d 3 h`. */
export function milliseconds(ms: number): string {
  if (ms < 10) return `${decimal(ms, 1)} ms`;
  if (ms < SECOND) return `${number(Math.round(ms))} ms`;
  if (ms < MINUTE) return `${decimal(ms / SECOND, ms < 10 * SECOND ? 1 : 0)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return pair(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min');
  return pair(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h');
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${number(big)} ${bigUnit}` : `${number(big)} ${bigUnit} ${small} ${smallUnit}`;
}

/** `hace 3 min`, `dentro de 2 h`; a date where it is more than a month off. */
export function relative(iso: string): string {
  const delta = Date.parse(iso) - now.value;
  const size = Math.abs(delta);
  if (size < 5 * SECOND) return timeWords.now;
  if (size < MINUTE) return relativeTimes.format(Math.round(delta / SECOND), 'second');
  if (size < HOUR) return relativeTimes.format(Math.trunc(delta / MINUTE), 'minute');
  if (size < DAY) return relativeTimes.format(Math.trunc(delta / HOUR), 'hour');
  if (size < 31 * DAY) return relativeTimes.format(Math.trunc(delta / DAY), 'day');
  return formatter('date', { dateStyle: 'medium' }).format(new Date(iso));
}

/** `22 nov 2026, 16:04:05`, where the hub's people are. */
export function exact(iso: string): string {
  return formatter('exact', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

/** `16:04:05`. */
export function clock(iso: string): string {
  return formatter('clock', { timeStyle: 'medium' }).format(new Date(iso));
}

/** `20:00` of the same day, `lun 20:00` within the next six days, else `7 dic 20:00`. */
export function soon(iso: string): string {
  const at = Date.parse(iso);
  const day = (ms: number) => formatter('day', { dateStyle: 'short' }).format(new Date(ms));
  if (day(at) === day(now.value)) return minute(at);
  const near = Math.abs(at - now.value) < 6 * DAY;
  const date = formatter(
    near ? 'weekday' : 'date and month',
    near ? { weekday: 'short' } : { day: 'numeric', month: 'short' },
  );
  return `${date.format(new Date(at))} ${minute(at)}`;
}

/** `24 dic` of a date such as `2026-12-24`; `24 dic 2027` where it is a year after `today`, or later. */
export function calendarDay(date: string, today: string): string {
  const isFar = date >= `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  const options = { day: 'numeric', month: 'short', year: isFar ? 'numeric' : undefined, timeZone: 'UTC' } as const;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString(locale, options);
}

/** `16:04`. */
export function minute(ms: number): string {
  return formatter('minute', { timeStyle: 'short' }).format(new Date(ms));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${timeZone.value}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: timeZone.value });
  formatters.set(key, made);
  return made;
}

/** `a`, `a y b`, `a, b y c`. */
export function enumeration(items: readonly string[]): string {
  return lists.format(items);
}

/** `1 persona`, `12.345 personas`. */
export function plural(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** What to call a person of whom Telegram may have told nothing but a number. */
export function personName(person: { first_name: string; last_name: string; telegram_id: number }): string {
  const name = `${person.first_name} ${person.last_name}`.trim();
  return name === '' ? String(person.telegram_id) : name;
}
