import { parseJson } from '../db/json-text.ts';
import type { Account } from './account.ts';

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];
/** Of a program that is none of these, as much as a person reads. */
const MOST_LENGTH = 60;
/** Devices of an account that are remembered. */
const MOST_KNOWN = 20;

/** What a person calls the device behind a `User-Agent`; empty where it does not say. */
export interface Device {
  /** Or the beginning of what an unknown one says. */
  browser: string;
  system: string;
}

/** Reads a `User-Agent`. An update of the browser is no other device. */
export function deviceOf(userAgent: string): Device {
  const named = (table: typeof BROWSERS) => table.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
  const browser = named(BROWSERS);
  return browser === ''
    ? { browser: userAgent.slice(0, MOST_LENGTH), system: '' }
    : { browser, system: named(SYSTEMS) };
}

/** Whether the account logged in with this browser on this system before. */
export function isKnownDevice(account: Account, userAgent: string): boolean {
  return parseJson(account.known_devices).includes(keyOf(userAgent));
}

/** The devices to remember after a login with this one, the newest first. */
export function withDevice(account: Account, userAgent: string): string[] {
  const key = keyOf(userAgent);
  return [key, ...parseJson(account.known_devices).filter((known) => known !== key)].slice(0, MOST_KNOWN);
}

function keyOf(userAgent: string): string {
  const { browser, system } = deviceOf(userAgent);
  return `${browser}/${system}`;
}
