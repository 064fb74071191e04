import type { RouteOptions } from 'fastify';
import type { AdminRole } from '../db/admin-tables.ts';

/** What it takes to call a route under `/api/admin/`: to have an account, to see everything, or to change it. */
export type Right = 'own' | 'see' | 'change';

/** Which roles have each right. */
const ROLES: Readonly<Record<Right, readonly AdminRole[]>> = {
  own: ['admin', 'viewer'],
  see: ['admin', 'viewer'],
  change: ['admin'],
};

/** Whether a role may call what takes this right. */
export function hasRight(role: AdminRole, right: Right): boolean {
  return ROLES[right].includes(role);
}

/**
 * Looks at each route as it is registered, so that a hub with one that names no right does not start.
 * @throws Error if it names none, or one with which those who only see would change something
 */
export function requireRight({ method, url, config }: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  const right = config?.right;
  if (right === undefined) throw new Error(`${method} ${url} names no right: its config needs "right".`);
  const isLook = [method].flat().every((one) => one === 'GET' || one === 'HEAD');
  if (right === 'see' && !isLook) throw new Error(`${method} ${url} may change something: "see" is no right for it.`);
}
