import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { instructionSchema } from '#protocol';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { type InstructionRow, instructionIdOf, POLL_HOLDER } from '../instructions/instruction.ts';
import { instructionOfTpv, instructionsByStatus } from '../instructions/instruction-store.ts';
import type { KeepReport } from '../instructions/report.ts';
import { instructionJson } from '../instructions/wire.ts';
import { REPORT_BOUNDS } from '../json-bounds.ts';
import { type AuthPorts, requireTpv, tpvOf } from './auth.ts';
import { errorResponses } from './error-answers.ts';
import { goneSignal } from './gone.ts';
import {
  instructionParams,
  instructionsAnswer,
  instructionsQuery,
  reportAnswer,
  reportBody,
  TPV_SECURITY,
} from './schemas.ts';

/** A report is never lost for a NUL in its error's words: there it becomes U+FFFD. */
const REPORT_ANY_JSON = ['response', 'error_message', 'reply.buttons.*.*.data'];

export interface InstructionRoutesOptions {
  db: Database;
  auth: AuthPorts;
  poll(tpvId: string, limit: number, waitMs: number, gone: AbortSignal): Promise<InstructionRow[]>;
  report: KeepReport;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** A TPV's instructions over REST: fetching hands them out, reporting moves them. */
export async function instructionRoutes(instance: FastifyInstance, options: InstructionRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db } = options;
  const onRequest = requireTpv(options.auth, { inactive: false });

  app.get(
    '/api/tpv/instructions',
    {
      onRequest: requireTpv(options.auth, { inactive: false, counted: 'fetching', sign: 'asked' }),
      // A HEAD would hand instructions out and show none of them (S36).
      exposeHeadRoute: false,
      schema: {
        tags: ['Instrucciones'],
        security: TPV_SECURITY,
        summary: 'Las instrucciones del TPV; las pendientes quedan entregadas',
        querystring: instructionsQuery,
        response: { 200: instructionsAnswer, ...errorResponses('invalid_request', 'unauthorized', 'tpv_inactive') },
      },
    },
    async (request, reply) => {
      const { status, limit, wait } = request.query;
      const tpvId = tpvOf(request).id;
      const rows =
        status === 'pending'
          ? await options.poll(tpvId, limit, wait * 1_000, goneSignal(request))
          : await db.query(instructionsByStatus, { tpvId, status, limit });
      // The rows are JSON already; serialising them again is what this path can't afford.
      const body = `{"count":${rows.length},"instructions":[${rows.map(instructionJson).join(',')}]}`;
      return sendJson(reply, body);
    },
  );

  app.get(
    '/api/tpv/instructions/:id',
    {
      onRequest,
      schema: {
        tags: ['Instrucciones'],
        security: TPV_SECURITY,
        summary: 'Una instrucción del TPV',
        params: instructionParams,
        response: { 200: instructionSchema, ...errorResponses('unauthorized', 'tpv_inactive', 'not_found') },
      },
    },
    async (request, reply) => {
      const id = instructionIdOf(request.params.id);
      const [row] = await db.query(instructionOfTpv, { id, tpvId: tpvOf(request).id });
      if (row === undefined) throw new HubError('not_found', 'No such instruction of this TPV.');
      return sendJson(reply, instructionJson(row));
    },
  );

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: '/api/tpv/instructions/:id',
      onRequest,
      config: { jsonBounds: REPORT_BOUNDS, anyJson: REPORT_ANY_JSON },
      schema: {
        tags: ['Instrucciones'],
        security: TPV_SECURITY,
        summary: 'Informa de una instrucción; los estados solo avanzan',
        params: instructionParams,
        body: reportBody,
        response: {
          200: reportAnswer,
          ...errorResponses('invalid_request', 'unauthorized', 'tpv_inactive', 'not_found', 'invalid_transition'),
          ...errorResponses('payload_too_large', 'quota_exceeded', 'idempotency_conflict'),
        },
      },
      handler: async (request) => {
        const id = instructionIdOf(request.params.id);
        const { status, response, error_message: errorMessage, reply } = request.body;
        const said = { status, response, errorMessage, reply };
        const messageId = await options.report({ id, tpvId: tpvOf(request).id, ...said, holder: POLL_HOLDER });
        const message = messageId === undefined ? {} : { push_message_id: messageId };
        return { status: 'ok' as const, instruction_id: id, new_status: status, ...message };
      },
    });
  }
}

/** Sends text that is JSON already; the route's schema documents it. */
function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type(JSON_TYPE).send(text);
}
