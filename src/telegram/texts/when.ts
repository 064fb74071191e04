import type { Language } from '../../languages.ts';

type Moment = Temporal.ZonedDateTime;

/** How a language says a moment that is yet to come. */
interface When {
  today: string;
  tomorrow: string;
  /** A day within a week; `day` is its name. */
  weekday(day: string): string;
  /** A day further away; `date` is the day of the month and the month. */
  date(day: string, date: string, moment: Moment): string;
  time(clock: string, hour: number): string;
}

const WHEN: Readonly<Record<Language, When>> = {
  es: {
    today: 'hoy',
    tomorrow: 'mañana',
    weekday: (day) => `el ${day}`,
    date: (day, date) => `el ${day} ${date}`,
    time: (clock, hour) => `${hour === 1 ? 'a la' : 'a las'} ${clock}`,
  },
  ca: {
    today: 'avui',
    tomorrow: 'demà',
    weekday: (day) => day,
    date: (day, date) => `el ${day} ${date}`,
    time: (clock, hour) => `${hour === 1 ? 'a la' : 'a les'} ${clock}`,
  },
  gl: {
    today: 'hoxe',
    tomorrow: 'mañá',
    weekday: (day) => `o ${day}`,
    date: (day, date) => `o ${day} ${date}`,
    time: (clock, hour) => `${hour === 1 ? 'á' : 'ás'} ${clock}`,
  },
  // Without endings, as in a timetable: the text around it says "next opening:".
  eu: {
    today: 'gaur',
    tomorrow: 'bihar',
    weekday: (day) => day,
    date: (day, _date, moment) => `${moment.toLocaleString('eu', { month: 'long' })}k ${moment.day}, ${day}`,
    time: (clock) => `(${clock})`,
  },
  en: {
    today: 'today',
    tomorrow: 'tomorrow',
    weekday: (day) => `on ${day}`,
    date: (day, date) => `on ${day} ${date}`,
    time: (clock) => `at ${clock}`,
  },
  fr: {
    today: 'aujourd’hui',
    tomorrow: 'demain',
    weekday: (day) => day,
    date: (day, date) => `le ${day} ${date.replace(/^1 /, '1er ')}`,
    time: (clock) => `à ${clock.replace(':', 'h')}`,
  },
  de: {
    today: 'heute',
    tomorrow: 'morgen',
    weekday: (day) => `am ${day}`,
    date: (day, date) => `am ${day}, ${date},`,
    time: (clock) => `um ${clock} Uhr`,
  },
  pt: {
    today: 'hoje',
    tomorrow: 'amanhã',
    weekday: (day) => `${day.endsWith('o') ? 'no' : 'na'} ${day}`,
    date: (day, date) => `${day.endsWith('o') ? 'no' : 'na'} ${day}, ${date},`,
    time: (clock, hour) => `${hour === 1 ? 'à' : 'às'} ${clock}`,
  },
  it: {
    today: 'oggi',
    tomorrow: 'domani',
    weekday: (day) => day,
    date: (day, date) => `${day} ${date}`,
    time: (clock, hour) => (hour === 1 ? `all’${clock.slice(1)}` : `alle ${clock}`),
  },
};

/** The dates of Portugal and Britain: day before month. */
const DATES: Readonly<Partial<Record<Language, string>>> = { en: 'en-GB', pt: 'pt-PT' };

/**
 * A moment that is yet to come, as a person says it: in Spanish "hoy a las 20:00", "mañana a las 13:00", "el lunes a las
 * 13:00", and from a week on "el lunes 7 de diciembre a las 13:00".
 * @param at in milliseconds, as `now`
 * @param zone where the clock hangs that the person looks at
 */
export function whenWords(language: Language, at: number, now: number, zone: string): string {
  const there = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const moment = there(at);
  const when = WHEN[language];
  const days = there(now).toPlainDate().until(moment.toPlainDate()).days;
  const time = when.time(moment.toPlainTime().toString({ smallestUnit: 'minute' }), moment.hour);
  return `${dayWords(language, when, moment, days)} ${time}`;
}

/** A date by the machine's time zone, in words: "3 de mayo de 2026". */
export function dateWords(language: Language, at: number): string {
  return new Date(at).toLocaleDateString(DATES[language] ?? language, { dateStyle: 'long' });
}

function dayWords(language: Language, when: When, moment: Moment, days: number): string {
  if (days === 0) return when.today;
  if (days === 1) return when.tomorrow;
  const locale = DATES[language] ?? language;
  const weekday = moment.toLocaleString(locale, { weekday: 'long' });
  if (days < 7) return when.weekday(weekday);
  return when.date(weekday, moment.toLocaleString(locale, { day: 'numeric', month: 'long' }), moment);
}
