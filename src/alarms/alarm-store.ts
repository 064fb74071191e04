import { type Correction, nextTurn } from '../clock.ts';
import type { AlarmTable } from '../db/alarm-tables.ts';
import { inChunks } from '../db/chunks.ts';
import { ofTpvs } from '../db/of-tpvs.ts';
import { type Database, HOUSEKEEPING, type Tx } from '../db/open.ts';
import { storable } from '../db/plain-text.ts';
import { statement } from '../db/statement.ts';
import { uuidv7 } from '../ids.ts';
import { type Alarm, type Finding, type FoundAlarm, isAlarmCode } from './alarm.ts';

/** Written in one commit: a power cut takes every TPV of a town away at once. */
const WRITTEN_AT_ONCE = 200;
/** Characters; what Telegram says of an error may be long. */
const MOST_DETAIL = 1_000;

/** As a row is read, with the name that its TPV has now. */
type AlarmRow = AlarmTable & { tpv_name: string | null };

/** Rows of one read: of a town without power there are thousands. */
const READ_AT_ONCE = 1_000;

const openRows = statement<{ after: string }>()((db, p) =>
  db
    .selectFrom('alarms')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'alarms.tpv_id')
    .selectAll('alarms')
    .select('tpv_instances.name as tpv_name')
    .where('alarms.ended_at', 'is', null)
    .where('alarms.id', '>', p('after'))
    .orderBy('alarms.id')
    .limit(READ_AT_ONCE),
);

const openCounts = statement<object>()((db) =>
  db
    .selectFrom('alarms')
    .select(['code', (eb) => eb.fn.countAll<number>().as('alarms')])
    .where('ended_at', 'is', null)
    .groupBy('code'),
);

/** Those that ended, and of whose end somebody who heard of them is not told yet. */
const untoldEnds = statement<{ after: string }>()((db, p) =>
  db
    .selectFrom('alarms')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'alarms.tpv_id')
    .selectAll('alarms')
    .select('tpv_instances.name as tpv_name')
    .where('alarms.ended_at', 'is not', null)
    .where('alarms.id', 'in', (eb) => eb.selectFrom('alarm_notices').select('alarm_id'))
    .where('alarms.id', '>', p('after'))
    .orderBy('alarms.id')
    .limit(READ_AT_ONCE),
);

const insertAlarm = statement<Omit<AlarmTable, 'told_at' | 'ended_at'>>()((db, p) =>
  db
    .insertInto('alarms')
    .values({
      id: p('id'),
      code: p('code'),
      tpv_id: p('tpv_id'),
      severity: p('severity'),
      since: p('since'),
      count: p('count'),
      detail: p('detail'),
      raised_at: p('raised_at'),
      told_at: null,
      ended_at: null,
    })
    .onConflict((c) => c.doNothing()),
);

/** One whose end no person was told of yet goes on. */
const reopenAlarm = statement<{ code: string; tpvId: string }>()((db, p) =>
  db
    .updateTable('alarms')
    .set({ ended_at: null })
    .where('code', '=', p('code'))
    .where('tpv_id', '=', p('tpvId'))
    .where('ended_at', 'is not', null)
    .where('id', 'in', (eb) => eb.selectFrom('alarm_notices').select('alarm_id')),
);

const changeAlarm = statement<Pick<AlarmTable, 'id' | 'severity' | 'since' | 'count' | 'detail'>>()((db, p) =>
  db
    .updateTable('alarms')
    .set({ severity: p('severity'), since: p('since'), count: p('count'), detail: p('detail') })
    .where('id', '=', p('id')),
);

const endAlarm = statement<{ id: string; now: number }>()((db, p) =>
  db
    .updateTable('alarms')
    .set({ ended_at: p('now') })
    .where('id', '=', p('id'))
    .where('ended_at', 'is', null),
);

/** The alarms that last, the oldest first. */
export function openAlarms(db: Database): Promise<Alarm[]> {
  return allOf(db, openRows);
}

/** Alarms that ended, and of whose end somebody is still to be told. */
export function endedUntold(db: Database): Promise<Alarm[]> {
  return allOf(db, untoldEnds);
}

async function allOf(db: Database, page: typeof openRows): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  for (let after = ''; ; await nextTurn()) {
    const rows = await db.query(page, { after });
    alarms.push(...rows.map(alarmOf));
    const last = rows.at(-1);
    if (last === undefined || rows.length < READ_AT_ONCE) return alarms;
    after = last.id;
  }
}

/**
 * Brings the table to what was found: raises what is new, ends what is over. One that is found again before its end was
 * told goes on as the one that it was.
 * @returns what lasts now, in the order in which it was found, and behind it what this look can't judge
 */
export async function keepAlarms(db: Database, { found, unsure }: Finding, now: number): Promise<FoundAlarm[]> {
  const open = await openAlarms(db);
  const openByKey = new Map(open.map((alarm) => [keyOf(alarm), alarm]));
  const foundKeys = new Set(found.map(keyOf));
  const gone = open.filter((alarm) => !foundKeys.has(keyOf(alarm)));
  const kept = gone.filter(({ code }) => unsure.has(code));
  const writes: ((tx: Tx) => Promise<unknown>)[] = [];
  for (const alarm of found) {
    const before = openByKey.get(keyOf(alarm));
    if (before === undefined) writes.push((tx) => raise(tx, alarm, now));
    else if (differs(before, alarm)) writes.push((tx) => tx.write(changeAlarm, { ...columnsOf(alarm), id: before.id }));
  }
  for (const { id, code } of gone) {
    if (!unsure.has(code)) writes.push((tx) => tx.write(endAlarm, { id, now }));
  }
  await inChunks(writes, WRITTEN_AT_ONCE, (few) =>
    db.transact(async (tx) => {
      for (const write of few) await write(tx);
    }, HOUSEKEEPING),
  );
  return [...found, ...kept];
}

/** How many alarms of each kind last. */
export async function countAlarms(db: Database): Promise<Map<string, number>> {
  const rows = await db.query(openCounts, {});
  return new Map(rows.map(({ code, alarms }) => [code, Number(alarms)]));
}

/** Alarms for a list, the newest first, behind the one with this id. */
export async function listAlarms(
  db: Database,
  state: 'open' | 'ended' | undefined,
  after: string | undefined,
  limit: number,
  within?: readonly string[],
): Promise<Alarm[]> {
  let rows = db.read
    .selectFrom('alarms')
    .leftJoin('tpv_instances', 'tpv_instances.id', 'alarms.tpv_id')
    .selectAll('alarms')
    .select('tpv_instances.name as tpv_name')
    .orderBy('alarms.id', 'desc');
  if (state !== undefined) rows = rows.where('alarms.ended_at', state === 'open' ? 'is' : 'is not', null);
  if (after !== undefined) rows = rows.where('alarms.id', '<', after);
  if (within !== undefined) rows = rows.where(ofTpvs('alarms.tpv_id', within));
  return (await rows.limit(limit).execute()).map(alarmOf);
}

/** Deletes those that ended before. */
export async function deleteOldAlarms(db: Database, before: number): Promise<void> {
  await db.transact((tx) => tx.kysely.deleteFrom('alarms').where('ended_at', '<', before).execute(), HOUSEKEEPING);
}

/** After a correction of the clock, what lasts has lasted as long as before, and nothing was raised or told in the future. */
export async function correctAlarms(tx: Tx, { byMs, now }: Correction): Promise<void> {
  if (byMs > 0) {
    await tx.kysely
      .updateTable('alarms')
      .set((eb) => ({ raised_at: eb('raised_at', '+', byMs) }))
      .where('ended_at', 'is', null)
      .execute();
    await tx.kysely
      .updateTable('alarm_notices')
      .set((eb) => ({ told_at: eb('told_at', '+', byMs) }))
      .execute();
  }
  await tx.kysely
    .updateTable('alarms')
    .set({ raised_at: now })
    .where('raised_at', '>', now)
    .where('ended_at', 'is', null)
    .execute();
  await tx.kysely.updateTable('alarms').set({ ended_at: now }).where('ended_at', '>', now).execute();
  await tx.kysely.updateTable('alarm_notices').set({ told_at: now }).where('told_at', '>', now).execute();
}

async function raise(tx: Tx, alarm: FoundAlarm, now: number): Promise<void> {
  const tpvId = alarm.tpv?.id ?? '';
  if ((await tx.write(reopenAlarm, { code: alarm.code, tpvId })) > 0) return;
  await tx.write(insertAlarm, {
    ...columnsOf(alarm),
    id: uuidv7(now),
    code: alarm.code,
    tpv_id: tpvId,
    raised_at: now,
  });
}

function columnsOf({ severity, since, count, detail }: FoundAlarm) {
  return { severity, since, count, detail: detail && storable(detail.slice(0, MOST_DETAIL)) };
}

/** Two findings of one alarm have the same. */
export function keyOf({ code, tpv }: FoundAlarm): string {
  return `${code} ${tpv?.id ?? ''}`;
}

/** A moment that is reckoned from how long something has lasted is not the same to the millisecond each time. */
const SAME_MOMENT_MS = 1_000;

function differs(before: FoundAlarm, after: FoundAlarm): boolean {
  const columns = columnsOf(after);
  const apart = Math.abs((before.since ?? 0) - (columns.since ?? 0));
  return (
    apart >= SAME_MOMENT_MS || (['severity', 'count', 'detail'] as const).some((key) => before[key] !== columns[key])
  );
}

function alarmOf(row: AlarmRow): Alarm {
  // One that a newer hub raised is read by no older one: it would not start on that database.
  if (!isAlarmCode(row.code)) throw new Error(`No alarm is called ${row.code}.`);
  return {
    id: row.id,
    code: row.code,
    severity: row.severity,
    since: row.since,
    count: row.count,
    tpv: row.tpv_id === '' ? null : { id: row.tpv_id, name: row.tpv_name ?? '' },
    detail: row.detail,
    raisedAt: row.raised_at,
    toldAt: row.told_at,
    endedAt: row.ended_at,
  };
}
