import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { telegramId } from '#protocol';
import { isoTime } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { Events } from '../events.ts';
import { reassignUser, vacate } from '../instructions/reassign.ts';
import { deleteTpv, setActive } from '../tpvs/activation.ts';
import { revokeKeys } from '../tpvs/keys.ts';
import type { Presence } from '../tpvs/presence.ts';
import { allTpvs, type Tpv } from '../tpvs/tpv.ts';

export interface AdminOptions {
  db: Database;
  events: Events;
  presence: Presence;
  isAdministrator(request: FastifyRequest): boolean;
  now(): number;
}

const params = z.object({ id: z.string().max(64) });
const deactivation = z.strictObject({ users: z.enum(['keep', 'reassign']).default('keep') }).default({ users: 'keep' });
const assignment = z.strictObject({ tpv_id: z.uuid() });
const userParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(telegramId),
});

/** What an administrator's script does with TPVs and their users (`Authorization: Token <ADMIN_TOKEN>`). */
export async function adminRoutes(instance: FastifyInstance, options: AdminOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, events, presence, now } = options;
  const tags = ['Administración'];
  const security = [{ AdminToken: [] }];
  app.addHook('onRequest', async (request) => {
    if (!options.isAdministrator(request)) throw new HubError('unauthorized', 'Only the administrator may do this.');
  });

  app.get('/api/admin/tpvs', { schema: { tags, security, summary: 'Todos los TPV' } }, async () => {
    const tpvs = await db.query(allTpvs, {});
    return { count: tpvs.length, tpvs: tpvs.map((tpv) => tpvOf(tpv, presence)) };
  });

  app.post(
    '/api/admin/tpvs/:id/activate',
    { schema: { tags, security, summary: 'Activa un TPV', params } },
    async (request) => {
      const { id } = request.params;
      await db.transact((tx) => setActive(tx, id, true));
      events.emit({ type: 'tpv.available', tpvId: id });
      return { id, is_active: true };
    },
  );

  app.post(
    '/api/admin/tpvs/:id/deactivate',
    { schema: { tags, security, summary: 'Desactiva un TPV', params, body: deactivation } },
    async (request) => {
      const { id } = request.params;
      await db.transact(async (tx) => {
        await setActive(tx, id, false);
        if (request.body.users === 'reassign') await vacate(tx, events, id);
      });
      return { id, is_active: false };
    },
  );

  app.delete(
    '/api/admin/tpvs/:id',
    { schema: { tags, security, summary: 'Elimina un TPV', params } },
    async (request) => {
      const { id } = request.params;
      await db.transact(async (tx) => {
        await deleteTpv(tx, id, now());
        await vacate(tx, events, id);
      });
      return { id, deleted: true };
    },
  );

  app.post(
    '/api/admin/tpvs/:id/revoke-keys',
    { schema: { tags, security, summary: 'Anula las claves de un TPV', params } },
    async (request) => {
      await revokeKeys(db.transact, request.params.id);
      return { id: request.params.id, revoked: true };
    },
  );

  app.put(
    '/api/admin/users/:id/tpv',
    { schema: { tags, security, summary: 'Asigna una persona a un TPV', params: userParams, body: assignment } },
    async (request) => {
      const { id } = request.params;
      const { tpv_id: tpvId } = request.body;
      const outcome = await db.transact((tx) => reassignUser(tx, events, id, tpvId));
      if (outcome === 'full') {
        throw new HubError('invalid_request', 'The TPV can not take the user.', {
          details: [{ path: 'tpv_id', message: 'no existe, está inactivo o no tiene plazas libres' }],
        });
      }
      return { telegram_id: id, tpv_id: tpvId };
    },
  );
}

function tpvOf(tpv: Tpv, presence: Presence) {
  const last = presence.lastHeartbeat(tpv);
  return {
    id: tpv.id,
    name: tpv.name,
    endpoint_url: tpv.endpoint_url,
    is_active: tpv.is_active === 1,
    is_online: presence.isOnline(tpv),
    max_users: tpv.max_users,
    user_count: tpv.user_count,
    version: tpv.version,
    join_code: tpv.join_code,
    created_at: isoTime(tpv.created_at),
    last_heartbeat: last === null ? null : isoTime(last),
  };
}
