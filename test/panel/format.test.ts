import { expect, test } from 'vitest';
import {
  calendarDay,
  decimal,
  enumeration,
  exact,
  milliseconds,
  number,
  personName,
  plural,
  relative,
} from '../../panel/format.ts';
import { now } from '../../panel/now.ts';
import { match } from '../../panel/path-pattern.ts';
import { momentOf, wallTime } from '../../panel/wall-time.ts';
import { accountWords } from '../../panel/words/account.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test('numbers are written as in Spain', () => {
  expect(number(1_234)).toBe('1.234');
  expect(number(1_234_567)).toBe('1.234.567');
  expect(decimal(1_234.56)).toBe('1.234,6');
  expect(plural(1, 'persona', 'personas')).toBe('1 persona');
  expect(plural(2_000, 'persona', 'personas')).toBe('2.000 personas');
});

test('a date has its year only where it is a year off, and several things are told in a row', () => {
  const today = '2026-11-28';
  const told = ['2026-11-28', '2026-12-24', '2027-01-06', '2027-11-27'].map((date) => calendarDay(date, today));
  expect(told).toEqual(['28 nov', '24 dic', '6 ene', '27 nov']);
  expect(['2027-11-28', '2099-12-25'].map((date) => calendarDay(date, today))).toEqual(['28 nov 2027', '25 dic 2099']);
  expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map(enumeration)).toEqual(['a', 'a y b', 'a, b y c']);
});

test('spans are told in the units that a person takes in', () => {
  const told: [number, string][] = [
    [0, '0 ms'],
    [3.25, '3,3 ms'],
    [184.4, '184 ms'],
    [1_449, '1,4 s'],
    [59_000, '59 s'],
    [61 * MINUTE, '1 h 1 min'],
    [2 * HOUR, '2 h'],
    [3 * DAY + 5 * HOUR, '3 d 5 h'],
  ];
  for (const [ms, text] of told) expect(milliseconds(ms)).toBe(text);
});

test('times are told from now on both sides, and as a date where they are far off', () => {
  now.value = Date.parse('2026-11-22T12:00:00.000Z');
  const at = (ms: number) => relative(new Date(now.value + ms).toISOString()).replaceAll('\u00a0', ' ');
  expect(at(-2 * SECOND)).toBe('ahora mismo');
  expect(at(-30 * SECOND)).toBe('hace 30 s');
  expect(at(-3 * MINUTE - 59 * SECOND)).toBe('hace 3 min');
  expect(at(-5 * HOUR)).toBe('hace 5 h');
  expect(at(-2 * DAY)).toBe('hace 2 d');
  expect(at(10 * MINUTE)).toBe('dentro de 10 min');
  expect(at(-90 * DAY)).toBe('24 ago 2026');
});

test('an exact time is the one on the wall of the hub’s people', () => {
  expect(exact('2026-07-01T22:30:00.000Z')).toBe('2 jul 2026, 0:30:00');
});

test('a person without a name is called by the number', () => {
  expect(personName({ first_name: 'Ana', last_name: '', telegram_id: 7 })).toBe('Ana');
  expect(personName({ first_name: ' ', last_name: '', telegram_id: 7 })).toBe('7');
});

test('a device is called as people do', () => {
  expect(accountWords.device({ browser: 'Safari', system: 'iPhone' })).toBe('Safari en iPhone');
  expect(accountWords.device({ browser: 'curl/8.5.0', system: '' })).toBe('curl/8.5.0');
  expect(accountWords.device({ browser: '', system: '' })).toBe('Dispositivo desconocido');
});

test('a path fits its pattern whole, and its parts are decoded', () => {
  expect(match('/admin/tpvs', '/admin/tpvs')).toEqual({});
  expect(match('/admin/tpvs/:id', '/admin/tpvs/a%20b')).toEqual({ id: 'a b' });
  expect(match('/admin/tpvs/:id', '/admin/tpvs')).toBeUndefined();
  expect(match('/admin/tpvs', '/admin/tpvs/1')).toBeUndefined();
  expect(match('/admin/tpvs/:id', '/admin/tpvs/%E0%A4%A')).toBeUndefined();
});

test('a time that a person picks is one on the wall of the hub’s people', () => {
  const picked: [string, string, string][] = [
    ['Europe/Madrid', '2026-07-01T10:00', '2026-07-01T08:00:00.000Z'],
    ['Europe/Madrid', '2026-11-22T00:05', '2026-11-21T23:05:00.000Z'],
    // The night in which the clocks go forward, before and after.
    ['Europe/Madrid', '2026-03-29T01:30', '2026-03-29T00:30:00.000Z'],
    ['Europe/Madrid', '2026-03-29T03:30', '2026-03-29T01:30:00.000Z'],
    ['Atlantic/Canary', '2026-07-01T10:00', '2026-07-01T09:00:00.000Z'],
    ['America/Argentina/Buenos_Aires', '2026-07-01T22:00', '2026-07-02T01:00:00.000Z'],
  ];
  for (const [zone, text, iso] of picked) {
    expect(new Date(momentOf(text, zone)).toISOString()).toBe(iso);
    expect(wallTime(Date.parse(iso), zone)).toBe(text);
  }
  expect(momentOf('', 'Europe/Madrid')).toBeNaN();
});
