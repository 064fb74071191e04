import type { Kysely } from 'kysely';
import { raiseEpoch, readEpoch } from '../db/epoch.ts';
import type { Database, Tx } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import { deleteValue, storeValue } from '../db/stored-value.ts';
import { SETTING_KEYS, TEXT_PREFIX } from './values.ts';

/** A number that grows with every change, in any process; who keeps the values compares it. */
const EPOCH = 'settings_epoch';

/** Which state of the settings the database holds. */
export function settingsEpoch(db: Database): Promise<number> {
  return readEpoch(db, EPOCH);
}

/** What administrators changed: JSON by key. */
export async function storedSettings(db: Kysely<Schema>): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('settings')
    .select(['key', 'value'])
    .where((eb) => eb.or([eb('key', 'in', SETTING_KEYS), eb('key', 'like', `${TEXT_PREFIX}%`)]))
    .execute();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Writes some of them, JSON by key; null takes one away. */
export async function storeSettings(tx: Tx, changes: ReadonlyMap<string, string | null>): Promise<void> {
  for (const [key, value] of changes) {
    if (value === null) await tx.run(deleteValue, { key });
    else await tx.run(storeValue, { key, value });
  }
  await raiseEpoch(tx, EPOCH);
}
