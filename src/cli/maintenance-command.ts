import {
  addWindow,
  endWindow,
  type MaintenanceWindow,
  MOST_REASON_LENGTH,
  windowsAhead,
} from '../alarms/maintenance-windows.ts';
import { isoTime } from '../iso-time.ts';
import { UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { atDesk, type Desk } from './database.ts';
import { findTpv } from './find-tpv.ts';
import { say } from './language/say.ts';
import { tableOf } from './table.ts';

const MINUTE_MS = 60_000;
const USUAL_MINUTES = '60';

/**
 * `maintenance list`, `maintenance begin [--for 60] [--from <time>] [--reason <text>] [tpv]` and `maintenance end <id>`;
 * works while the hub runs.
 * @throws UsageError, ConfigError, HubError
 */
export async function maintenanceCommand({ env, words, options }: Input): Promise<Result> {
  const [action, subject, ...more] = words;
  if (more.length > 0) throw new UsageError(say`"maintenance" takes no "${more.join(' ')}".`);
  if (action === 'list' && subject === undefined) return atDesk(env, list);
  if (action === 'end' && subject !== undefined) return atDesk(env, (desk) => end(desk, subject));
  if (action === 'begin') return atDesk(env, (desk) => begin(desk, subject, options));
  throw new UsageError(say`"maintenance" takes "list", "begin [tpv]" or "end <id>".`);
}

async function list({ db, now, timeOf }: Desk): Promise<Result> {
  const windows = await windowsAhead(db, now());
  const rows = windows.map(({ id, tpvName, from, until, reason }) => [
    id,
    timeOf(from),
    timeOf(until),
    tpvName ?? say`the whole hub`,
    reason,
  ]);
  const text =
    rows.length === 0
      ? say`No maintenance is under way or planned: alarms are told.`
      : tableOf(['id', 'from', 'until', 'what', 'reason'], rows);
  return { data: { maintenance: windows.map(listed) }, text };
}

async function begin(desk: Desk, given: string | undefined, options: Input['options']): Promise<Result> {
  const { reason = '' } = options;
  if (typeof reason !== 'string' || reason.length > MOST_REASON_LENGTH || !reason.isWellFormed()) {
    throw new UsageError(say`--reason takes a text of ${MOST_REASON_LENGTH} characters at most.`);
  }
  const now = desk.now();
  const from = fromOf(options, now);
  const until = from + minutesOf(options) * MINUTE_MS;
  const tpv = given === undefined ? undefined : await findTpv(desk.db, given);
  const wanted = { tpvId: tpv?.id ?? null, from, until, reason, by: 'cli' };
  const id = await desk.change(
    (tx) => addWindow(tx, wanted, now),
    (made) => ({
      action: 'maintenance.begin',
      target: tpv && { kind: 'tpv', id: tpv.id, name: tpv.name },
      details: { id: made, from: isoTime(from), until: isoTime(until), reason },
    }),
  );
  const of = tpv === undefined ? say`alarms` : say`alarms of "${tpv.name}"`;
  return {
    data: listed({ ...wanted, id, tpvName: tpv?.name ?? null, createdBy: 'cli' }),
    text: `${say`No person is told of ${of} from ${desk.timeOf(from)} until ${desk.timeOf(until)}.`}\nid  ${id}`,
  };
}

async function end(desk: Desk, id: string): Promise<Result> {
  await desk.change(
    (tx) => endWindow(tx, id, desk.now()),
    (ended) => ({ action: 'maintenance.end', details: { id, until: isoTime(ended.until_at), reason: ended.reason } }),
  );
  return { data: { id, ended: true }, text: say`The maintenance is over: alarms are told again.` };
}

function fromOf({ from }: Input['options'], now: number): number {
  if (from === undefined) return now;
  const begins = Date.parse(String(from));
  if (Number.isNaN(begins)) throw new UsageError(say`--from takes a time such as 2026-11-28T22:00:00+01:00.`);
  return begins;
}

function minutesOf({ for: minutes = USUAL_MINUTES }: Input['options']): number {
  if (typeof minutes !== 'string' || !/^[1-9]\d{0,5}$/.test(minutes)) {
    throw new UsageError(say`--for takes minutes: a whole number from 1 on.`);
  }
  return Number(minutes);
}

function listed({ id, tpvId, tpvName, from, until, reason, createdBy }: MaintenanceWindow) {
  const tpv = tpvId === null ? null : { id: tpvId, name: tpvName };
  return { id, tpv, from: isoTime(from), until: isoTime(until), reason, created_by: createdBy };
}
