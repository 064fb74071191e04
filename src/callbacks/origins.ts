import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';

const endpointOfTpv = statement<{ tpvId: string }>()((db, p) =>
  db
    .selectFrom('tpv_instances')
    .select('endpoint_url')
    .where('id', '=', p('tpvId'))
    .where('is_active', '=', 1)
    .where('deleted_at', 'is', null),
);

const activeEndpoints = statement<object>()((db) =>
  db.selectFrom('tpv_instances').select('endpoint_url').where('is_active', '=', 1).where('deleted_at', 'is', null),
);

/** The URL if the hub may call it at all: http or https, without a user name or password in it. */
export function callableUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

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
  const endpoints = await (tpvId === null ? db.query(activeEndpoints, {}) : db.query(endpointOfTpv, { tpvId }));
  return endpoints.some(({ endpoint_url: url }) => callableUrl(url)?.origin === origin);
}
