import type { MaintenanceWindowTable } from '../db/alarm-tables.ts';
import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { uuidv7 } from '../ids.ts';
import { panelOnly } from '../wording/wording.ts';

/** The longest that nobody is told of alarms: a forgotten window ends by itself. */
export const LONGEST_WINDOW_MS = 7 * 86_400_000;
/** Windows that can lie ahead or be open at once. */
const MOST_WINDOWS = 100;
export const MOST_REASON_LENGTH = 200;

/** When no person is told of alarms; times in milliseconds. */
export interface MaintenanceWindow {
  id: string;
  /** Of which TPV alone; null: of the whole hub. */
  tpvId: string | null;
  tpvName: string | null;
  from: number;
  /** No part of it. */
  until: number;
  reason: string;
  createdBy: string;
}

const notOver = statement<{ now: number }>()((db, p) =>
  db
    .selectFrom('maintenance_windows')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'maintenance_windows.tpv_id')
    .selectAll('maintenance_windows')
    .select('tpv_instances.name as tpv_name')
    .where('until_at', '>', p('now'))
    .orderBy('from_at')
    .orderBy('maintenance_windows.id'),
);

/** Those that are open or lie ahead, in the order in which they begin. */
export async function windowsAhead(db: Database, now: number): Promise<MaintenanceWindow[]> {
  return (await db.query(notOver, { now })).map(windowOf);
}

/** Tells which alarms are silent now: those of the hub by a window for all, those of a TPV by its own, too. */
export async function silentNow(db: Database, now: number): Promise<(tpvId: string | undefined) => boolean> {
  const open = (await windowsAhead(db, now)).filter(({ from }) => from <= now);
  const forAll = open.some(({ tpvId }) => tpvId === null);
  const tpvs = new Set(open.map(({ tpvId }) => tpvId));
  return (tpvId) => forAll || (tpvId !== undefined && tpvs.has(tpvId));
}

/**
 * From `from` until `until` no person is told of alarms; those that last are told at its end.
 * @throws HubError `invalid_request` if it is over, ends before it begins, or lasts for more than a week; `conflict` if
 * there are too many
 */
export async function addWindow(
  tx: Tx,
  { tpvId, from, until, reason, by }: { tpvId: string | null; from: number; until: number; reason: string; by: string },
  now: number,
): Promise<string> {
  if (until <= Math.max(from, now)) throw refused('It would be over already.', 'con esa duración ya habría terminado');
  if (until - from > LONGEST_WINDOW_MS)
    throw refused('A window lasts 7 days at the most.', 'no puede durar más de 7 días');
  const ahead = await tx.run(notOver, { now });
  if (ahead.length >= MOST_WINDOWS)
    throw new HubError('conflict', `There are ${MOST_WINDOWS} windows already: end some.`);
  const id = uuidv7(now);
  await tx.kysely
    .insertInto('maintenance_windows')
    .values({ id, tpv_id: tpvId ?? '', from_at: from, until_at: until, reason, created_by: by })
    .execute();
  tx.changed('setting', id);
  return id;
}

/**
 * Ends a window, or takes back one that lies ahead.
 * @throws HubError `not_found` if it is over
 */
export async function endWindow(tx: Tx, id: string, now: number): Promise<MaintenanceWindowTable> {
  const [ended] = await tx.kysely
    .deleteFrom('maintenance_windows')
    .where('id', '=', id)
    .where('until_at', '>', now)
    .returningAll()
    .execute();
  if (ended === undefined) throw new HubError('not_found', 'There is no such window, or it is over.');
  tx.changed('setting', id);
  return ended;
}

/** Deletes those that were over before. */
export async function deleteOldWindows(db: Database, before: number): Promise<void> {
  await db.transact((tx) => tx.kysely.deleteFrom('maintenance_windows').where('until_at', '<', before).execute());
}

function refused(message: string, inPanel: string): HubError {
  return new HubError('invalid_request', message, {
    details: [{ path: 'minutes', message: panelOnly(inPanel, message) }],
  });
}

function windowOf(row: MaintenanceWindowTable & { tpv_name: string | null }): MaintenanceWindow {
  return {
    id: row.id,
    tpvId: row.tpv_id === '' ? null : row.tpv_id,
    tpvName: row.tpv_name,
    from: row.from_at,
    until: row.until_at,
    reason: row.reason,
    createdBy: row.created_by,
  };
}
