import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { addWindow, endWindow, type MaintenanceWindow, windowsAhead } from '../alarms/maintenance-windows.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { tpvById } from '../tpvs/tpv.ts';
import { byline } from './access.ts';
import { record } from './record.ts';
import { done } from './schemas/accounts.ts';
import {
  type MaintenanceWindow as ListedWindow,
  maintenanceList,
  maintenanceParams,
  maintenanceWindow,
  newMaintenanceWindow,
} from './schemas/alarms.ts';

export interface MaintenanceOptions {
  db: Database;
  now(): number;
}

const MINUTE_MS = 60_000;

/** When no person is told of alarms, as somebody works on the hub or on a TPV. */
export async function adminMaintenanceRoutes(instance: FastifyInstance, options: MaintenanceOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;

  app.get(
    '/api/admin/maintenance',
    {
      config: { right: 'see' },
      schema: { summary: 'Cuándo no se avisa de alarmas en Telegram', response: { 200: maintenanceList } },
    },
    async () => ({ items: (await windowsAhead(db, now())).map(listed) }),
  );

  app.post(
    '/api/admin/maintenance',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Anuncia un mantenimiento: mientras dura, no se avisa de alarmas',
        body: newMaintenanceWindow,
        response: { 201: maintenanceWindow },
      },
    },
    async (request, reply) => {
      const { tpv_id: tpvId = null, from, minutes, reason } = request.body;
      const [tpv] = tpvId === null ? [] : await db.query(tpvById, { id: tpvId });
      if (tpvId !== null && tpv === undefined) throw new HubError('not_found', 'There is no such TPV.');
      const begins = from === undefined ? now() : Date.parse(from);
      const ends = begins + minutes * MINUTE_MS;
      const by = byline(request).actor;
      const id = await db.transact(async (tx) => {
        const made = await addWindow(tx, { tpvId, from: begins, until: ends, reason, by }, now());
        const target = tpv === undefined ? undefined : { kind: 'tpv', id: tpv.id, name: tpv.name };
        const details = { id: made, from: isoTime(begins), until: isoTime(ends), reason };
        await record(tx, options, request, { action: 'maintenance.begin', target, details });
        return made;
      });
      const added = { id, tpvId, tpvName: tpv?.name ?? null, from: begins, until: ends, reason, createdBy: by };
      return reply.code(201).send(listed(added));
    },
  );

  app.delete(
    '/api/admin/maintenance/:id',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Termina un mantenimiento, o quita uno anunciado',
        params: maintenanceParams,
        response: { 200: done },
      },
    },
    async (request) => {
      await db.transact(async (tx) => {
        const ended = await endWindow(tx, request.params.id, now());
        const details = { id: ended.id, until: isoTime(ended.until_at), reason: ended.reason };
        await record(tx, options, request, { action: 'maintenance.end', details });
      });
      return { ok: true as const };
    },
  );
}

function listed({ id, tpvId, tpvName, from, until, reason, createdBy }: MaintenanceWindow): ListedWindow {
  return {
    id,
    tpv: tpvId === null ? null : { id: tpvId, name: tpvName ?? '' },
    from: isoTime(from),
    until: isoTime(until),
    reason,
    created_by: createdBy,
  };
}
