import type { Database } from '../../db/open.ts';
import { storedSettings, storeSettings } from '../../settings/setting-store.ts';
import { SETTING_SCHEMAS } from '../../settings/values.ts';
import type { DjangoSource } from './django-source.ts';
import { flagOf, textOf } from './django-values.ts';
import type { Tally } from './tally.ts';

const TABLE = 'webhook_allowed_origins';
/** The former service had one list for pages that call it and for URLs that it calls. */
const KEYS = ['cors_allowed_origins', 'callback_allowed_origins'] as const;

/** The settings that the former service's allowed origins become: JSON by key. */
export async function planOrigins(source: DjangoSource, db: Database, tally: Tally): Promise<Map<string, string>> {
  const changes = new Map<string, string>();
  if ((await source.columns(TABLE)).length === 0) return changes;
  const stored = await storedSettings(db.read);
  const lists = new Map(KEYS.map((key) => [key, originsIn(key, stored.get(key))]));
  for (const raw of await source.rows(`select * from ${TABLE} order by id`)) {
    const given = textOf(raw.origin).trim();
    const origin = URL.parse(given)?.origin ?? '';
    if (!flagOf(raw.is_active)) tally.leaveOut('origins');
    else if (!SETTING_SCHEMAS.cors_allowed_origins.safeParse([origin]).success) {
      tally.leaveOut('origins', `Origin ${JSON.stringify(given)}: it takes one such as https://panel.example.`);
    } else if ([...lists.values()].every((list) => list.has(origin))) tally.present('origins');
    else {
      for (const list of lists.values()) list.add(origin);
      tally.create('origins');
    }
  }
  for (const [key, list] of lists) {
    const json = JSON.stringify([...list]);
    if (!SETTING_SCHEMAS[key].safeParse([...list]).success) {
      tally.remark(`${key}: ${list.size} origins are more than the setting takes; it stays as it is.`);
    } else if (list.size > 0 && json !== stored.get(key)) changes.set(key, json);
  }
  return changes;
}

export async function createOrigins(db: Database, changes: ReadonlyMap<string, string>): Promise<void> {
  if (changes.size > 0) await db.transact((tx) => storeSettings(tx, changes));
}

/** What an administrator stored; what can't be read holds nothing. */
function originsIn(key: (typeof KEYS)[number], json: string | undefined): Set<string> {
  try {
    return new Set(SETTING_SCHEMAS[key].safeParse(JSON.parse(json ?? '[]')).data ?? []);
  } catch {
    return new Set();
  }
}
