import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { instructionIdOf } from '../instructions/instruction.ts';
import { instructionById } from '../instructions/instruction-store.ts';
import { administratorOf } from './access.ts';
import type { Reach } from './route-rights.ts';

const tpvOfPush = statement<{ id: string }>()((db, p) =>
  db.selectFrom('push_messages').select('tpv_id').where('id', '=', p('id')),
);

const tpvOfUser = statement<{ telegramId: number }>()((db, p) =>
  db.selectFrom('telegram_users').select('tpv_id').where('telegram_id', '=', p('telegramId')),
);

/** Handlers of these filter their rows themselves, by `scopeOf` or `narrowed`. */
const FILTERED: ReadonlySet<Reach> = new Set(['conversation', 'list']);

/** To which TPVs a list is narrowed down: to one, to several, or (both undefined) not at all. */
export interface Narrowed {
  tpvId: string | undefined;
  within: readonly string[] | undefined;
}

/** The TPVs whose rows the caller may see; undefined: those of all, and what is of none. */
export function scopeOf(request: FastifyRequest): readonly string[] | undefined {
  const { scope } = administratorOf(request);
  if (scope === undefined) return undefined;
  scope.isAsked = true;
  return scope.tpvIds;
}

/**
 * What a list is narrowed down to: the TPV of its filter, within those of the caller.
 * @throws HubError `not_found` if the filter names another's
 */
export function narrowed(request: FastifyRequest, tpvId: string | undefined): Narrowed {
  const own = scopeOf(request);
  if (own === undefined) return { tpvId, within: undefined };
  if (tpvId !== undefined && !own.includes(tpvId)) throw notThere();
  const [only] = own.length === 1 ? own : [];
  const one = tpvId ?? only;
  return one === undefined ? { tpvId: undefined, within: own } : { tpvId: one, within: undefined };
}

/** What another TPV has, and what nobody has, look alike to a manager. */
export function notThere(): HubError {
  return new HubError('not_found', 'The caller has nothing of this id.');
}

/** Keeps managers to what is of their own TPVs, whatever id they name; every route of the guarded part passes here. */
export function keepScope(guarded: FastifyInstance, db: Database): void {
  guarded.addHook('preHandler', async (request) => {
    const { scope } = administratorOf(request);
    const { reach } = request.routeOptions.config;
    if (scope === undefined || reach === undefined || reach === 'list') return;
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    // Parsed by the route's own schema; what is looked up is what its handler looks up.
    const { id } = request.params as { id: string | number };
    if (!(await isWithin(db, scope.tpvIds, reach, id, changes))) throw notThere();
  });
  guarded.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply) => {
    const scope = request.administrator?.scope;
    const { reach } = request.routeOptions.config;
    if (scope === undefined || reach === undefined || !FILTERED.has(reach) || reply.statusCode >= 400) return;
    if (!scope.isAsked) throw new Error(`${request.routeOptions.url} did not ask what its caller may see.`);
  });
}

/** @param changes what a manager does with an instruction concerns its person: both have to be theirs now */
async function isWithin(
  db: Database,
  own: readonly string[],
  reach: Exclude<Reach, 'list'>,
  id: string | number,
  changes: boolean,
): Promise<boolean> {
  const isOwn = (row: { tpv_id: string | null } | undefined) => row?.tpv_id != null && own.includes(row.tpv_id);
  switch (reach) {
    case 'tpv':
      return own.includes(String(id));
    case 'user':
    case 'conversation': {
      const [user] = await db.query(tpvOfUser, { telegramId: Number(id) });
      return isOwn(user);
    }
    case 'instruction': {
      const [row] = await db.query(instructionById, { id: instructionIdOf(String(id)) });
      if (row === undefined || !isOwn(row)) return false;
      return !changes || isWithin(db, own, 'user', row.telegram_user_id, false);
    }
    case 'push': {
      const [push] = await db.query(tpvOfPush, { id: String(id) });
      return isOwn(push);
    }
    default:
      return reach satisfies never;
  }
}
