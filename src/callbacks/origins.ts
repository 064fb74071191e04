import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';

const activeTpvOfOrigin = statement<{ origin: string }>()((db, p) =>
  db
    .selectFrom('tpv_instances')
    .select('id')
    .where('endpoint_origin', '=', p('origin'))
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null)
    .limit(1),
);

const tpvIfOfOrigin = statement<{ origin: string; tpvId: string }>()((db, p) =>
  db
    .selectFrom('tpv_instances')
    .select('id')
    .where('id', '=', p('tpvId'))
    .where('endpoint_origin', '=', p('origin'))
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null),
);

/** Whether the hub may ever call this URL for a button of this TPV. */
export type IsCallable = (url: string, tpvId: string) => Promise<boolean>;

/**
 * Whether the hub calls URLs of this origin for a TPV (docs/security.md, S14): it is the origin of the TPV's
 * own `endpoint_url`, or the administrator allowed it.
 * @param origin as `URL.origin` gives it
 * @param tpvId whose button it is; null for a TPV that talks to Telegram itself: then any active TPV's origin will do
 * @param allowed what the administrator allowed, in the environment or while the hub runs
 */
export async function isCallableOrigin(
  db: Database,
  allowed: readonly string[],
  origin: string,
  tpvId: string | null,
): Promise<boolean> {
  if (allowed.includes(origin)) return true;
  const found = await (tpvId === null
    ? db.query(activeTpvOfOrigin, { origin })
    : db.query(tpvIfOfOrigin, { origin, tpvId }));
  return found.length > 0;
}
