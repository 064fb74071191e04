import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { serviceChangeSchema, serviceSchema } from '#protocol';
import { serviceAnswer } from '../tpvs/service/service-answer.ts';
import { storedService } from '../tpvs/service/service-column.ts';
import type { KeepService } from '../tpvs/service/set-service.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { errorResponses } from './error-answers.ts';
import { TPV_SECURITY } from './schemas.ts';

export interface ServiceRoutesOptions {
  auth: AuthPorts;
  keepService: KeepService;
  now(): number;
}

/** A timetable with all its exceptions has 30 KiB at the most. */
const MAX_SERVICE_BYTES = 64 * 1024;

/** Whether a TPV's restaurant attends now, as the TPV itself says. */
export async function serviceRoutes(instance: FastifyInstance, options: ServiceRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const shared = { tags: ['TPV'], security: TPV_SECURITY };

  app.get(
    '/api/tpv/service',
    {
      onRequest: requireTpv(options.auth, { inactive: true }),
      schema: {
        ...shared,
        summary: 'Si el local atiende ahora, y su horario',
        response: { 200: serviceSchema, ...errorResponses('unauthorized') },
      },
    },
    async (request) => serviceAnswer(storedService(tpvOf(request).service), options.now()),
  );

  app.put(
    '/api/tpv/service',
    {
      onRequest: requireTpv(options.auth, { inactive: false }),
      bodyLimit: MAX_SERVICE_BYTES,
      schema: {
        ...shared,
        summary: 'Dice si el local atiende, va con retraso o está en pausa, y cuándo abre',
        body: serviceChangeSchema,
        response: { 200: serviceSchema, ...errorResponses('invalid_request', 'unauthorized', 'tpv_inactive') },
      },
    },
    (request) => options.keepService(tpvOf(request).id, request.body),
  );
}
