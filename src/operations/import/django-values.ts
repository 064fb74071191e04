import { storable } from '../../db/plain-text.ts';

const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(?:(Z)|([+-]\d\d):?(\d\d)?)?$/;

/** A whole number of the former service; undefined if it is none, or too large to be exact. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^-?\d{1,19}$/.test(value)) return undefined;
  if (!['bigint', 'number', 'string'].includes(typeof value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** True and false as SQLite (1, 0) and PostgreSQL (t, f) say them. */
export function flagOf(value: unknown): boolean {
  return value === 1n || value === 1 || value === 't' || value === 'true' || value === '1';
}

/** A text, fit for every text column; "" if there is none. */
export function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : storable(String(value));
}

/**
 * A time in milliseconds; undefined if there is none, or it can't be read. One without a zone is UTC, as Django
 * writes it if `USE_TZ` is on.
 */
export function timeOf(value: unknown): number | undefined {
  const found = typeof value === 'string' ? TIME.exec(value.trim()) : null;
  if (found === null) return undefined;
  const [, day, time, fraction = '', , hours, minutes = '00'] = found;
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  const ms = Date.parse(
    `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`.replace(/T(\d\d:\d\d)\./, 'T$1:00.'),
  );
  return Number.isNaN(ms) ? undefined : ms;
}

/** The id as the hub writes ids; Django keeps it without dashes on SQLite. */
export function uuidOf(value: unknown): string | undefined {
  const digits = textOf(value).toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** JSON as the hub keeps it; undefined if it is not JSON. */
export function jsonOf(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
