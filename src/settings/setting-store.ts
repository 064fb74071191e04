import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { SETTING_KEYS, TEXT_PREFIX } from './values.ts';

/** A number that grows with every change, in any process; who keeps the values compares it. */
const EPOCH = 'settings_epoch';

const readRow = statement<{ key: string }>()((db, p) =>
  db.selectFrom('settings').select('value').where('key', '=', p('key')),
);

const writeRow = statement<{ key: string; value: string }>()((db, p) =>
  db
    .insertInto('settings')
    .values({ key: p('key'), value: p('value') })
    .onConflict((c) => c.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') }))),
);

const deleteRow = statement<{ key: string }>()((db, p) => db.deleteFrom('settings').where('key', '=', p('key')));

const raiseEpoch = statement<{ key: string }>()((db, p) =>
  db
    .insertInto('settings')
    .values({ key: p('key'), value: '1' })
    .onConflict((c) =>
      c.column('key').doUpdateSet((eb) => ({
        value: eb.cast<string>(eb(eb.cast<number>('settings.value', 'integer'), '+', 1), 'text'),
      })),
    ),
);

/** Which state of the settings the database holds. */
export async function settingsEpoch(db: Database): Promise<string> {
  const [row] = await db.query(readRow, { key: EPOCH });
  return row?.value ?? '0';
}

/** What administrators changed: JSON by key. */
export async function storedSettings(db: Database): Promise<Map<string, string>> {
  const rows = await db.read
    .selectFrom('settings')
    .select(['key', 'value'])
    .where((eb) => eb.or([eb('key', 'in', SETTING_KEYS), eb('key', 'like', `${TEXT_PREFIX}%`)]))
    .execute();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Writes some of them, JSON by key; null takes one away. */
export async function storeSettings(tx: Tx, changes: ReadonlyMap<string, string | null>): Promise<void> {
  for (const [key, value] of changes) {
    if (value === null) await tx.run(deleteRow, { key });
    else await tx.run(writeRow, { key, value });
  }
  await tx.run(raiseEpoch, { key: EPOCH });
}
