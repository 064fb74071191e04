import { readFile } from 'node:fs/promises';
import { isTimeZone, SETTABLE_SERVICE_STATES, type Service, serviceChangeSchema, WEEKDAYS } from '#protocol';
import { isoTime } from '../iso-time.ts';
import { UsageError } from '../process/exit.ts';
import { serviceAnswer } from '../tpvs/service/service-answer.ts';
import { storedService } from '../tpvs/service/service-column.ts';
import { setService } from '../tpvs/service/set-service.ts';
import { wordingIn } from '../wording/wording.ts';
import type { Input, Result } from './command.ts';
import type { Desk } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { languageNow, say, word } from './language/say.ts';

const OPTIONS = ['minutes', 'for', 'until', 'reason', 'timetable'] as const;
const MINUTE_MS = 60_000;
/** A timetable with all its exceptions has 30 KiB at the most. */
const MOST_TIMETABLE_LENGTH = 64 * 1024;

/**
 * `tpv service <tpv> [open|busy|paused]`: shows whether a restaurant attends, or says so.
 * @throws UsageError, HubError
 */
export async function tpvService(
  desk: Desk,
  given: string,
  state: string | undefined,
  options: Input['options'],
  zone: string | undefined,
): Promise<Result> {
  const { id, name, service } = await findTpv(desk.db, given);
  if (state === undefined && OPTIONS.every((option) => options[option] === undefined)) {
    return shown(desk, { id, name }, serviceAnswer(storedService(service), desk.now()));
  }
  const change = await changeOf(state, options, desk.now());
  const ports = { now: desk.now, timeZone: zone !== undefined && isTimeZone(zone) ? zone : 'Europe/Madrid' };
  const { after } = await desk.change(
    (tx) => setService(tx, id, change, ports),
    () => ({ action: 'tpv.service', target: { kind: 'tpv', id, name }, details: { state, ...options } }),
  );
  return shown(desk, { id, name }, serviceAnswer(after, desk.now()));
}

async function changeOf(state: string | undefined, options: Input['options'], now: number) {
  const { minutes, reason, timetable } = options;
  if (state !== undefined && !SETTABLE_SERVICE_STATES.some((known) => known === state)) {
    throw new UsageError(say`A TPV can be ${SETTABLE_SERVICE_STATES.join(', ')}; "closed" follows from its timetable.`);
  }
  if (state === 'busy' && minutes === undefined)
    throw new UsageError(say`"busy" takes --minutes: how long a person waits.`);
  const parsed = serviceChangeSchema.safeParse(
    {
      state,
      minutes: minutes === undefined ? undefined : Number(minutes),
      until: untilOf(options, now),
      reason,
      timetable: typeof timetable === 'string' ? await readTimetable(timetable) : undefined,
    },
    { error: wordingIn(languageNow()).ofSchema },
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(say`That does not fit: ${issue?.path.join('.')} (${issue?.message}).`);
}

function untilOf({ for: minutes, until }: Input['options'], now: number): string | undefined {
  if (until !== undefined && minutes !== undefined) throw new UsageError(say`Give --for or --until, not both.`);
  if (typeof minutes === 'string') {
    if (!/^[1-9]\d{0,5}$/.test(minutes)) throw new UsageError(say`--for takes minutes: a whole number from 1 on.`);
    return isoTime(now + Number(minutes) * MINUTE_MS);
  }
  if (typeof until !== 'string') return undefined;
  const end = Date.parse(until);
  if (Number.isNaN(end)) throw new UsageError(say`--until takes a time such as 2026-11-28T22:00:00+01:00.`);
  return isoTime(end);
}

async function readTimetable(path: string): Promise<unknown> {
  if (path === 'none') return null;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(say`"${path}" can't be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (text.length > MOST_TIMETABLE_LENGTH) throw new UsageError(say`"${path}" is too long for a timetable.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(say`"${path}" is no JSON.`);
  }
}

function shown({ timeOf }: Desk, { id, name }: { id: string; name: string }, service: Service): Result {
  const { state, minutes, until, reason, opens_at: opens, closes_at: closes, timetable } = service;
  const more = [
    minutes !== null && say`people wait ${minutes} minutes`,
    reason !== null && reason,
    until !== null && say`until ${timeOf(Date.parse(until))}`,
    opens !== null && say`opens ${timeOf(Date.parse(opens))}`,
    closes !== null && say`closes ${timeOf(Date.parse(closes))}`,
  ].filter(Boolean);
  const lines = [say`"${name}" is ${word(state)}${more.length === 0 ? '' : ` (${more.join('; ')})`}.`];
  if (timetable !== null) {
    for (const day of WEEKDAYS) lines.push(`${word(day).padEnd(3)}  ${written(timetable.weekly[day])}`);
    for (const { date, hours } of timetable.exceptions) lines.push(`${date}  ${written(hours)}`);
    lines.push(say`Times are those of ${timetable.zone}.`);
  }
  return { data: { id, ...service }, text: lines.join('\n') };
}

function written(hours: readonly (readonly [string, string])[]): string {
  return hours.length === 0 ? word('closed') : hours.map((range) => range.join('-')).join(' ');
}
