import type { Service, ServiceChange } from '#protocol';
import type { Database, Tx } from '../../db/open.ts';
import type { StoredService } from '../../db/schema.ts';
import { statement } from '../../db/statement.ts';
import { HubError } from '../../errors.ts';
import type { Sentence } from '../../wording/wording.ts';
import { existingTpv } from '../edit.ts';
import type { Tpv } from '../tpv.ts';
import { stillSet } from './service.ts';
import { serviceAnswer } from './service-answer.ts';
import { type ServiceColumn, serviceColumn, storedService } from './service-column.ts';

/** By which moment and in which zone a change is understood. */
export interface ServiceChangePorts {
  now(): number;
  /** The hub's own: of timetables that say none. */
  timeZone: string;
}

/** The furthest end of a pause: a year, and a day for whoever counts years. */
const LONGEST_MS = 367 * 86_400_000;

const setColumn = statement<{ id: string; service: ServiceColumn; now: number }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    // Due at once, so that every hub's panel learns of it, whichever process wrote it.
    .set({ service: p('service'), service_changes_at: p('now') })
    .where('id', '=', p('id')),
);

/**
 * What a TPV's service is after a change; what the change leaves out stays.
 * @throws HubError `invalid_request` if its end is past, or further away than a year
 */
export function changedService(before: StoredService, change: ServiceChange, ports: ServiceChangePorts): StoredService {
  const now = ports.now();
  const { timetable = before.timetable } = change;
  const zone = timetable?.zone ?? before.timetable?.zone ?? ports.timeZone;
  return {
    ...(change.state === undefined ? stillSet(before, now) : setBy(change, change.state, now)),
    ...(timetable != null && { timetable: { ...timetable, zone } }),
  };
}

function setBy({ minutes, until, reason }: ServiceChange, state: StoredService['state'], now: number) {
  const end = until == null ? undefined : Date.parse(until);
  if (end !== undefined && end <= now) throw refusedEnd((say) => say.past);
  if (end !== undefined && end > now + LONGEST_MS) throw refusedEnd((say) => say.overAYear);
  const said = reason?.trim();
  return {
    state,
    ...(minutes != null && { minutes }),
    ...(end !== undefined && { until: end }),
    ...(said && { reason: said }),
  };
}

function refusedEnd(message: Sentence): HubError {
  return new HubError('invalid_request', 'The end of a service state does not fit.', {
    details: [{ path: 'until', message }],
  });
}

/**
 * Changes a TPV's service, as part of a transaction.
 * @returns the TPV as it was, and its service before and after
 * @throws HubError `not_found`, `invalid_request`
 */
export async function setService(
  tx: Tx,
  id: string,
  change: ServiceChange,
  ports: ServiceChangePorts,
): Promise<{ tpv: Tpv; before: StoredService; after: StoredService }> {
  const tpv = await existingTpv(tx, id);
  const before = storedService(tpv.service);
  const after = changedService(before, change, ports);
  await tx.run(setColumn, { id, service: serviceColumn(after), now: ports.now() });
  tx.changed('tpv', id);
  return { tpv, before, after };
}

/** What a TPV itself says of its service, over REST or its socket. */
export type KeepService = (tpvId: string, change: ServiceChange) => Promise<Service>;

/** @returns what keeps it, and tells what it is then */
export function keepService(db: Pick<Database, 'transact'>, ports: ServiceChangePorts): KeepService {
  return async (tpvId, change) => {
    const { after } = await db.transact((tx) => setService(tx, tpvId, change, ports), { key: `service ${tpvId}` });
    return serviceAnswer(after, ports.now());
  };
}
