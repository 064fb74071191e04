import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';

/**
 * A number that grows whenever a TPV may lose access (deactivated, deleted, key revoked), in any process. Who holds
 * sockets compares it once a second and looks at its TPVs again only when it moved (design/security.md, S9).
 */
const ACCESS_EPOCH = 'access_epoch';

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

const readEpoch = statement<{ key: string }>()((db, p) =>
  db.selectFrom('settings').select('value').where('key', '=', p('key')),
);

/** Says that somebody may have lost access; part of the change that takes it. */
export async function raiseAccessEpoch(tx: Tx): Promise<void> {
  await tx.run(raiseEpoch, { key: ACCESS_EPOCH });
}

export async function accessEpoch(db: Database): Promise<number> {
  const [row] = await db.query(readEpoch, { key: ACCESS_EPOCH });
  return Number(row?.value ?? 0);
}
