import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';

const activeEndpoints = statement<object>()((db) =>
  db.selectFrom('tpv_instances').select('endpoint_url').where('is_active', '=', 1).where('deleted_at', 'is', null),
);

/** The URL if the hub may call it at all: http or https, without a user name or password in it. */
export function callableUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

/**
 * Whether the hub calls URLs of this origin (docs/security.md, S14): an active TPV's `endpoint_url` has it, or the
 * administrator allowed it.
 * @param origin as `URL.origin` gives it
 * @param allowed what the administrator allowed, in the environment or while the hub runs
 */
export async function isCallableOrigin(db: Database, allowed: readonly string[], origin: string): Promise<boolean> {
  if (allowed.includes(origin)) return true;
  const endpoints = await db.query(activeEndpoints, {});
  return endpoints.some(({ endpoint_url: url }) => callableUrl(url)?.origin === origin);
}
