import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { HandOut } from '../instructions/submit.ts';
import { submitTestOrder, TEST_ORDER_TTL_MS } from '../instructions/test-order.ts';
import { isoTime } from '../iso-time.ts';
import { existingTpv } from '../tpvs/edit.ts';
import { record } from './record.ts';
import { newTestOrder, sentTestOrder, tpvParams } from './schemas/tpvs.ts';

export interface AdminTestOrderOptions {
  db: Database;
  handOut: HandOut;
  /** The language of the made-up person. */
  languageCode: string;
  now(): number;
}

/** An order that an administrator sends a TPV as a person would; no person hears of it. */
export async function adminTestOrderRoutes(instance: FastifyInstance, options: AdminTestOrderOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, handOut, languageCode } = options;

  app.post(
    '/api/admin/tpvs/:id/test-order',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Envía al TPV un pedido de prueba, como lo escribiría una persona; nadie recibe lo que conteste',
        params: tpvParams,
        body: newTestOrder,
        response: { 201: sentTestOrder },
      },
    },
    async (request, reply) => {
      const now = options.now();
      const id = await db.transact(async (tx) => {
        const tpv = await existingTpv(tx, request.params.id);
        if (tpv.is_active !== 1) throw new HubError('tpv_inactive', 'An inactive TPV gets no instructions.');
        const order = { tpvId: tpv.id, text: request.body.text, languageCode, ttlMs: TEST_ORDER_TTL_MS };
        const id = await submitTestOrder(tx, handOut, order, now);
        const target = { kind: 'tpv', id: tpv.id, name: tpv.name };
        await record(tx, options, request, { action: 'tpv.test_order', target, details: { instruction_id: id } });
        return id;
      });
      return reply.code(201).send({ instruction_id: id, expires_at: isoTime(now + TEST_ORDER_TTL_MS) });
    },
  );
}
