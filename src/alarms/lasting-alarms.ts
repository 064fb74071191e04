import type { Database } from '../db/open.ts';
import type { Finding, FoundAlarm } from './alarm.ts';
import { keyOf, openAlarms } from './alarm-store.ts';

/** What lasts as another hub judged it, in the order in which this one finds it; behind it what this one does not find. */
export async function lastingAlarms(db: Database, { found }: Pick<Finding, 'found'>): Promise<FoundAlarm[]> {
  const open = new Map((await openAlarms(db)).map((alarm) => [keyOf(alarm), alarm]));
  const keys = new Set([...found.map(keyOf), ...open.keys()]);
  return [...keys].flatMap((key) => open.get(key) ?? []);
}
