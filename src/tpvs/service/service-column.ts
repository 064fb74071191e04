import { type JsonText, jsonText, parseJson } from '../../db/json-text.ts';
import type { StoredService } from '../../db/schema.ts';
import { changesAt, OPEN, type ServiceNow, serviceNow } from './service.ts';

/** What the column `service` holds; null: open at all times. */
export type ServiceColumn = JsonText<StoredService> | null;

/** What was read of a column, and what that means until it changes. */
interface Known {
  stored: StoredService;
  now: ServiceNow;
  from: number;
  until: number;
}

/** Columns that are kept as they were understood; one has 500 bytes, and a timetable of 200 exceptions 15 KB. */
const MOST_KNOWN = 1_000;
const known = new Map<string, Known>();
const OPEN_NOW: ServiceNow = { state: 'open' };

/** What a TPV said of its service. */
export function storedService(column: ServiceColumn): StoredService {
  return column === null ? OPEN : parseJson(column);
}

/** What the column holds of what a TPV says. */
export function serviceColumn(stored: StoredService): ServiceColumn {
  return stored.state === 'open' && stored.timetable === undefined ? null : jsonText(stored);
}

/**
 * What a TPV's service is now. Reading a timetable takes some 100 µs, and assigning asks this of every TPV: what a
 * column means is kept until it may mean something else.
 */
export function serviceOf({ service }: { service: ServiceColumn }, now: number): ServiceNow {
  if (service === null) return OPEN_NOW;
  const before = known.get(service);
  if (before !== undefined && before.from <= now && now < before.until) return before.now;
  if (known.size >= MOST_KNOWN) known.clear();
  const stored = before?.stored ?? parseJson(service);
  const until = changesAt(stored, now) ?? Number.POSITIVE_INFINITY;
  const understood = { stored, now: serviceNow(stored, now), from: now, until };
  known.set(service, understood);
  return understood.now;
}
