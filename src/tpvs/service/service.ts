import type { ServiceState } from '#protocol';
import type { StoredService } from '../../db/schema.ts';
import { hoursAt } from './timetable.ts';

/** What a TPV's service is at a moment; times are milliseconds. */
export interface ServiceNow {
  state: ServiceState;
  minutes?: number;
  until?: number;
  reason?: string;
  /** Of `closed`; absent: it does not open within a year. */
  opensAt?: number;
  /** Of `open` and `busy` with a timetable; absent: it does not close within a week. */
  closesAt?: number;
  /** The timetable's time zone, in which people read `opensAt`. */
  zone?: string;
}

/** A TPV that said nothing. */
export const OPEN: StoredService = { state: 'open' };
/** A year's timetable without a change is looked at again this often. */
const LOOK_AGAIN_MS = 86_400_000;

/** What was set, unless it has ended by itself. */
export function stillSet(stored: StoredService, now: number): Omit<StoredService, 'timetable'> {
  const { timetable: _, ...set } = stored;
  return set.until !== undefined && set.until <= now ? OPEN : set;
}

/**
 * What a TPV's service is now. A pause goes before the timetable: a restaurant that is closed and paused does not open
 * when the timetable says so. A closed one is not busy.
 */
export function serviceNow(stored: StoredService, now: number): ServiceNow {
  const set = stillSet(stored, now);
  if (set.state === 'paused' || stored.timetable === undefined) return set;
  const { zone } = stored.timetable;
  const hours = hoursAt(stored.timetable, now);
  if (hours.isOpen) return hours.closesAt === undefined ? { ...set, zone } : { ...set, closesAt: hours.closesAt, zone };
  return hours.opensAt === undefined ? { state: 'closed', zone } : { state: 'closed', opensAt: hours.opensAt, zone };
}

/** When `serviceNow` may say something else by itself; undefined: never. */
export function changesAt(stored: StoredService, now: number): number | undefined {
  const { until } = stillSet(stored, now);
  const { timetable } = stored;
  if (timetable === undefined) return until;
  const hours = hoursAt(timetable, now);
  const turns = (hours.isOpen ? hours.closesAt : hours.opensAt) ?? now + LOOK_AGAIN_MS;
  return Math.min(turns, until ?? turns);
}
