import type { RouteOptions } from 'fastify';
import type { AdminRole } from '../db/admin-tables.ts';

/** What it takes to call a route under `/api/admin/`: to have an account, to see everything, or to change it. */
export type Right = 'own' | 'see' | 'change';

/**
 * What of a route belongs to one TPV, so that a manager may call it for their own: what the path names by its `id`, a
 * person's conversation, or the rows of a list. scope.ts keeps everything else from them.
 */
export type Reach = 'tpv' | 'user' | 'conversation' | 'instruction' | 'push' | 'list';

/** What a route says of itself. */
export interface RouteRight {
  right: Right;
  reach?: Reach | undefined;
}

/** Which roles have each right over the whole hub. */
const ROLES: Readonly<Record<Right, readonly AdminRole[]>> = {
  own: ['admin', 'viewer', 'manager'],
  see: ['admin', 'viewer'],
  change: ['admin'],
};

/** Whether a role may call a route. */
export function hasRight(role: AdminRole, { right, reach }: RouteRight): boolean {
  return ROLES[right].includes(role) || (role === 'manager' && reach !== undefined);
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
