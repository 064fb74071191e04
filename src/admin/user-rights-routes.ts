import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { askErasure } from '../rights/ask-erasure.ts';
import { personDocument } from '../rights/person-document.ts';
import { userById } from '../users/user.ts';
import { record } from './record.ts';
import { userErasure, userParams } from './schemas/users.ts';
import { textAnswer } from './text-answer.ts';

export interface AdminUserRightsOptions {
  db: Database;
  now(): number;
}

const EXPORT_ANSWER = textAnswer('application/json', 'El fichero', z.unknown());

/** What persons may ask an administrator for: a document of all that is held on them, and its erasure. */
export async function adminUserRightsRoutes(instance: FastifyInstance, options: AdminUserRightsOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;

  app.get(
    '/api/admin/users/:id/export',
    {
      config: { right: 'see' },
      schema: {
        summary: 'Todo lo que se guarda sobre una persona, como fichero JSON',
        params: userParams,
        response: EXPORT_ANSWER,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await db.query(userById, { telegramId: id })).length === 0) throw unknown(id);
      const target = { kind: 'user', id: String(id) };
      await db.transact((tx) => record(tx, options, request, { action: 'user.export', target }));
      return reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="persona-${id}.json"`)
        .send(Readable.from(personDocument(db, id, { now: now() }), { objectMode: false }));
    },
  );

  app.delete(
    '/api/admin/users/:id',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Borra a una persona y todo lo suyo; sus TPV reciben la orden de hacer lo mismo',
        params: userParams,
        response: { 202: userErasure },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await db.transact(async (tx) => {
        if (!(await askErasure(tx, id, now()))) throw unknown(id);
        // Who did it stays written down, and not to whom.
        await record(tx, options, request, { action: 'user.erase', target: { kind: 'user' } });
      });
      return reply.code(202).send({ telegram_id: id });
    },
  );
}

function unknown(id: number): HubError {
  return new HubError('not_found', `Nobody with the id ${id} has written yet.`);
}
