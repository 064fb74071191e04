import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Database } from '../db/open.ts';
import type { StoredService } from '../db/schema.ts';
import { HubError } from '../errors.ts';
import { type ServiceNow, serviceNow } from '../tpvs/service/service.ts';
import { serviceAnswer } from '../tpvs/service/service-answer.ts';
import { storedService } from '../tpvs/service/service-column.ts';
import { changedService, setService } from '../tpvs/service/set-service.ts';
import { type Tpv, tpvById } from '../tpvs/tpv.ts';
import { record } from './record.ts';
import { type TpvService, tpvService, tpvServiceChange } from './schemas/service.ts';
import { tpvParams } from './schemas/tpvs.ts';

/** What a person reads whose TPV is not simply open; src/telegram fills it. */
export type ServiceText = (tpvName: string, service: ServiceNow, now: number) => string | undefined;

export interface AdminServiceOptions {
  db: Database;
  serviceText: ServiceText;
  timeZone: string;
  now(): number;
}

/** A timetable with all its exceptions has 30 KiB at the most. */
const MAX_SERVICE_BYTES = 64 * 1024;

/** Whether a TPV's restaurant attends, as an administrator says. */
export async function adminServiceRoutes(instance: FastifyInstance, options: AdminServiceOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db } = options;

  app.put(
    '/api/admin/tpvs/:id/service',
    {
      config: { right: 'change', reach: 'tpv' },
      bodyLimit: MAX_SERVICE_BYTES,
      schema: {
        summary: 'Dice si el local de un TPV atiende, y cuándo abre',
        params: tpvParams,
        body: tpvServiceChange,
        response: { 200: tpvService },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { tpv, after } = await db.transact(async (tx) => {
        const changed = await setService(tx, id, request.body, options);
        const details = { before: logged(changed.before), after: logged(changed.after) };
        const target = { kind: 'tpv', id, name: changed.tpv.name };
        await record(tx, options, request, { action: 'tpv.service', target, details });
        return changed;
      });
      return serviceOfTpv(tpv.name, after, options);
    },
  );

  app.post(
    '/api/admin/tpvs/:id/service/preview',
    {
      config: { right: 'change', reach: 'tpv' },
      bodyLimit: MAX_SERVICE_BYTES,
      schema: {
        summary: 'Qué pasaría ahora con un cambio, y qué leería quien escribe; no cambia nada',
        params: tpvParams,
        body: tpvServiceChange,
        response: { 200: tpvService },
      },
    },
    async (request) => {
      const [tpv] = await db.query(tpvById, { id: request.params.id });
      if (tpv === undefined) throw new HubError('not_found', 'There is no such TPV.');
      return serviceOfTpv(tpv.name, changedService(storedService(tpv.service), request.body, options), options);
    },
  );
}

/** A TPV's service with what people read. */
export function serviceOfTpv(
  name: Tpv['name'],
  stored: StoredService,
  options: Pick<AdminServiceOptions, 'serviceText' | 'now'>,
): TpvService {
  const now = options.now();
  return { ...serviceAnswer(stored, now), text: options.serviceText(name, serviceNow(stored, now), now) ?? null };
}

/** What the audit log keeps: a timetable without its exceptions, which may be 200. */
function logged({ timetable, ...set }: StoredService): Record<string, unknown> {
  if (timetable === undefined) return set;
  const { zone, weekly, exceptions } = timetable;
  return { ...set, timetable: { zone, weekly, exceptions: exceptions.length } };
}
