import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Timetable, timetableSchema, WEEKDAYS } from '#protocol';
import { hoursAt } from '../../../src/tpvs/service/timetable.ts';

const MINUTE = 60_000;
const MADRID = 'Europe/Madrid';

type Weekly = Partial<Timetable['weekly']>;

function timetable(weekly: Weekly, exceptions: Timetable['exceptions'] = [], zone = MADRID): Timetable {
  return timetableSchema.parse({ zone, weekly, exceptions });
}

const at = (text: string) => Temporal.ZonedDateTime.from(text).epochMilliseconds;
const madrid = (text: string) => at(`${text}[${MADRID}]`);
/** A moment as `2026-11-28T13:00+01:00`. */
const shown = (ms: number | undefined, zone = MADRID) =>
  ms === undefined
    ? undefined
    : Temporal.Instant.fromEpochMilliseconds(ms)
        .toZonedDateTimeISO(zone)
        .toString({ timeZoneName: 'never', smallestUnit: 'minute' });

/** `open until …`, or `closed until …`. */
function says(table: Timetable, when: number): string {
  const hours = hoursAt(table, when);
  const until = shown(hours.isOpen ? hours.closesAt : hours.opensAt, table.zone);
  return `${hours.isOpen ? 'open' : 'closed'} until ${until}`;
}

const everyDay = (...hours: [string, string][]): Weekly => Object.fromEntries(WEEKDAYS.map((day) => [day, hours]));

describe('a timetable', () => {
  const bar = timetable({ mon: [], sat: [['13:00', '16:00'], ['20:00', '00:30']], sun: [['13:00', '17:00']] }); // biome-ignore format: as people write it
  test.each([
    ['2026-11-28T12:59', 'closed until 2026-11-28T13:00+01:00'],
    ['2026-11-28T13:00', 'open until 2026-11-28T16:00+01:00'],
    ['2026-11-28T15:59', 'open until 2026-11-28T16:00+01:00'],
    ['2026-11-28T16:00', 'closed until 2026-11-28T20:00+01:00'],
    ['2026-11-29T00:29', 'open until 2026-11-29T00:30+01:00'],
    ['2026-11-29T00:30', 'closed until 2026-11-29T13:00+01:00'],
    ['2026-11-29T17:00', 'closed until 2026-12-05T13:00+01:00'],
  ])('at %s is %s', (when, said) => {
    expect(says(bar, madrid(when))).toBe(said);
  });

  test('whose days are all empty is closed, and opens at no time', () => {
    expect(says(timetable({}), madrid('2026-11-28T12:00'))).toBe('closed until undefined');
  });

  test('that is open around the clock does not close', () => {
    const always = timetable(everyDay(['00:00', '24:00']));
    expect(hoursAt(always, madrid('2026-11-28T12:00'))).toEqual({ isOpen: true, closesAt: undefined });
    expect(hoursAt(timetable(everyDay(['09:00', '09:00'])), madrid('2026-11-28T08:59')).isOpen).toBe(true);
  });

  test('with hours that touch or overlap is open until the last of them ends', () => {
    const touching = timetable({ sat: [['20:00', '24:00'], ['12:00', '21:00'], ['13:00', '14:00']], sun: [['00:00', '02:00']] }); // biome-ignore format: as people write it
    expect(says(touching, madrid('2026-11-28T13:30'))).toBe('open until 2026-11-29T02:00+01:00');
  });

  test('with one minute a day is open for that minute', () => {
    const minute = timetable(everyDay(['23:59', '00:00']));
    expect(says(minute, madrid('2026-11-28T23:59'))).toBe('open until 2026-11-29T00:00+01:00');
    expect(says(minute, madrid('2026-11-29T00:00'))).toBe('closed until 2026-11-29T23:59+01:00');
  });

  test('has holidays, and days that are open as an exception; the evening before goes on into them', () => {
    const table = timetable(everyDay(['20:00', '02:00']), [
      { date: '2026-12-25', hours: [] },
      { date: '2026-12-26', hours: [['09:00', '10:00']] },
    ]);
    expect(says(table, madrid('2026-12-25T01:00'))).toBe('open until 2026-12-25T02:00+01:00');
    expect(says(table, madrid('2026-12-25T02:00'))).toBe('closed until 2026-12-26T09:00+01:00');
    expect(says(table, madrid('2026-12-26T10:00'))).toBe('closed until 2026-12-27T20:00+01:00');
  });

  test('whose only opening is an exception finds it within a year', () => {
    const fair = timetable({}, [{ date: '2027-11-28', hours: [['10:00', '12:00']] }]);
    expect(says(fair, madrid('2026-11-28T12:00'))).toBe('closed until 2027-11-28T10:00+01:00');
  });

  test('loses the hour that is left out, and what begins in it begins at the change', () => {
    const night = timetable({ sat: [['22:00', '05:00']], sun: [['12:00', '13:00']] });
    expect(says(night, madrid('2026-03-28T22:00'))).toBe('open until 2026-03-29T05:00+02:00');
    for (const [opens, closes] of [
      ['02:30', '03:30'],
      ['02:00', '03:30'],
    ] as const) {
      const early = timetable({ sun: [[opens, closes]] });
      expect(says(early, madrid('2026-03-29T01:59'))).toBe('closed until 2026-03-29T03:00+02:00');
      expect(says(early, madrid('2026-03-29T03:00'))).toBe('open until 2026-03-29T03:30+02:00');
    }
    expect(says(timetable({ sun: [['02:10', '02:50']] }), madrid('2026-03-29T01:00'))).toBe(
      'closed until 2026-04-05T02:10+02:00',
    );
  });

  test('takes the first of an hour that comes twice', () => {
    const night = timetable({ sat: [['22:00', '02:30']] });
    expect(says(night, at('2026-10-25T02:29+02:00[Europe/Madrid]'))).toBe('open until 2026-10-25T02:30+02:00');
    expect(says(night, at('2026-10-25T02:29+01:00[Europe/Madrid]'))).toMatch(/^closed/);
    expect(says(timetable({ sun: [['02:00', '03:00']] }), at('2026-10-25T02:30+01:00[Europe/Madrid]'))).toBe(
      'open until 2026-10-25T03:00+01:00',
    );
  });
});

/**
 * A clock on the wall that is never put back, at each minute from `first` on: where it should be, it stands still until
 * its time is new again.
 */
function wallClock(zone: string, first: number, minutes: number): string[] {
  const written = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const walls: string[] = [];
  let wall = '';
  // From a day before on: it may have stood still then.
  for (let minute = -1_440; minute < minutes; minute++) {
    const now = written.format(first + minute * MINUTE);
    if (now > wall) wall = now;
    if (minute >= 0) walls.push(wall);
  }
  return walls;
}

function dayAfter(date: string, days = 1): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether it is open at each time that the clock on the wall shows. */
function byTheMinute(table: Timetable, walls: readonly string[]): boolean[] {
  const ranges: [string, string][] = [];
  for (let date = dayAfter(walls[0]?.slice(0, 10) ?? '', -3); date <= (walls.at(-1) ?? ''); date = dayAfter(date)) {
    const weekday = WEEKDAYS[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7];
    const own = table.exceptions.find((exception) => exception.date === date)?.hours;
    for (const [opens, closes] of own ?? (weekday ? table.weekly[weekday] : [])) {
      const ends =
        closes === '24:00' ? `${dayAfter(date)} 00:00` : `${closes > opens ? date : dayAfter(date)} ${closes}`;
      ranges.push([`${date} ${opens}`, ends]);
    }
  }
  return walls.map((now) => ranges.some(([from, until]) => from <= now && now < until));
}

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 45, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const range = fc.tuple(time, fc.oneof({ weight: 5, arbitrary: time }, fc.constant('24:00'), fc.constant('00:00')));
const hours = fc.array(range, { maxLength: 4 });

/** Around both changes of clock, a change at midnight, one of half an hour, and an ordinary week. */
const PLACES = [
  { zone: MADRID, near: '2026-03-27' },
  { zone: MADRID, near: '2026-10-23' },
  { zone: MADRID, near: '2026-11-27' },
  { zone: 'Atlantic/Canary', near: '2026-10-23' },
  { zone: 'America/Santiago', near: '2026-04-03' },
  { zone: 'America/Santiago', near: '2026-09-04' },
  { zone: 'Australia/Lord_Howe', near: '2026-04-03' },
];

test.each(PLACES)('a timetable says of each minute what a clock on the wall says, in $zone from $near on', (place) => {
  const { zone, near } = place;
  const first = Date.parse(`${near}T00:00Z`);
  const minutes = 4 * 1_440;
  const walls = wallClock(zone, first, minutes);
  const date = fc
    .integer({ min: -2, max: 5 })
    .map((days) => new Date(first + days * 86_400_000).toISOString().slice(0, 10));
  const exceptions = fc.uniqueArray(fc.record({ date, hours }), { maxLength: 3, selector: (one) => one.date });
  const weekly = fc.record({ mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours });
  fc.assert(
    fc.property(weekly, exceptions, (week, own) => {
      const table = timetable(week, own, zone);
      const reference = byTheMinute(table, walls);
      // Each stretch is as long as the timetable says at its beginning.
      for (let minute = 0; minute < minutes; ) {
        const now = first + minute * MINUTE;
        const found = hoursAt(table, now);
        const until = (found.isOpen ? found.closesAt : found.opensAt) ?? Number.POSITIVE_INFINITY;
        expect(until).toBeGreaterThan(now);
        for (; minute < minutes && first + minute * MINUTE < until; minute++) {
          if (reference[minute] !== found.isOpen)
            expect.fail(`${shown(first + minute * MINUTE, zone)} is ${reference[minute]}`);
        }
        if (minute < minutes) expect(reference[minute]).toBe(!found.isOpen);
      }
    }),
    { numRuns: 25 },
  );
});
