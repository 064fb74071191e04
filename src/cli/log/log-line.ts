import { localTime } from '../local-time.ts';

/** A line of a log. */
export interface LogLine {
  /** In milliseconds. */
  at: number;
  /** As the hub wrote it. */
  text: string;
  fields: Readonly<Record<string, unknown>>;
}

/** pino's numbers. */
const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const LEAST_ERROR_LEVEL = 40;
const LEAST_ERROR_STATUS = 500;
const PUSH_FAULTS: readonly unknown[] = ['failed', 'unknown'];

/** Undefined for what the hub did not write as a line. */
export function logLineOf(text: string): LogLine | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields !== 'object' || fields === null || !('time' in fields)) return undefined;
    return { at: Number(fields.time), text, fields: { ...fields } };
  } catch {
    return undefined;
  }
}

/** Whether it tells of something that failed: a warning of the program or worse, an answer with 5xx, a message. */
export function isFault({ fields: { level, status, push } }: LogLine): boolean {
  return Number(level) >= LEAST_ERROR_LEVEL || Number(status) >= LEAST_ERROR_STATUS || PUSH_FAULTS.includes(push);
}

/** The line as a person reads it. */
export function readable({ at, fields }: LogLine, timeZone: string): string {
  const { time: _time, level, kind: _kind, msg, method, path, status, err, ...others } = fields;
  const what = [msg, method, path, status].filter((part) => part !== undefined).map(String);
  const pairs = Object.entries(others).map(([name, value]) => `${name}=${wordOf(value)}`);
  const fault = err === undefined ? [] : [`err=${faultOf(err)}`];
  const head = `${localTime(at, timeZone)} ${(LEVELS[Number(level)] ?? '').padEnd(5)}`;
  // What a stranger sent may hold what a terminal would obey.
  return [head, ...what, ...pairs, ...fault].join(' ').replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function wordOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Without its stack, which `--json` shows. */
function faultOf(err: unknown): string {
  const { type, message } = Object(err) as { type?: unknown; message?: unknown };
  return message === undefined ? wordOf(err) : `${type ?? 'Error'}: ${message}`;
}
