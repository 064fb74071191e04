import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../../db/open.ts';
import { HubError } from '../../errors.ts';
import { userById } from '../../users/user.ts';
import { administratorOf } from '../access.ts';
import { cursorOf, pageQuery } from '../page.ts';
import { inbox, inboxFilters, inboxRead } from '../schemas/inbox.ts';
import { userParams } from '../schemas/users.ts';
import { narrowed, scopeOf } from '../scope.ts';
import { sessionOf } from '../session-routes.ts';
import { conversationsOf } from './inbox-answer.ts';
import { listInbox } from './inbox-list.ts';
import { markAllRead, markRead } from './read-marks.ts';

export interface InboxOptions {
  db: Database;
}

/** A script has no account that reads. */
const OWN = [{ AdminSession: [] }];

const query = z.strictObject({ ...inboxFilters.shape, ...pageQuery(z.tuple([z.int(), z.int()])) });

/** Conversations, and as far as each account has read them. */
export async function inboxRoutes(instance: FastifyInstance, { db }: InboxOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/inbox',
    {
      config: { right: 'see', reach: 'list' },
      schema: {
        summary: 'Las conversaciones; primero, las de quienes escribieron o pulsaron más tarde',
        description:
          'Una página puede venir corta, incluso vacía, con «next». En «waiting» y «failed» una persona puede volver a ' +
          'salir en otra página.',
        querystring: query,
        response: { 200: inbox },
      },
    },
    async (request) => {
      const { cursor, limit, view, q, tpv_id: tpvId, assigned } = request.query;
      const wanted = {
        view,
        q,
        ...narrowed(request, tpvId),
        scope: scopeOf(request),
        assigned: assigned === undefined ? undefined : (false as const),
      };
      const { rows, next } = await listInbox(db, wanted, cursor, limit);
      const items = await conversationsOf(db, rows, administratorOf(request).session?.accountId);
      return { items, next: next === undefined ? null : cursorOf(next) };
    },
  );

  app.put(
    '/api/admin/inbox/:id/read',
    {
      config: { right: 'own', reach: 'user' },
      schema: {
        security: OWN,
        summary: 'La cuenta ha leído una conversación hasta aquí',
        params: userParams,
        response: { 200: inboxRead },
      },
    },
    async (request) => {
      const { id: telegramId } = request.params;
      const { accountId } = sessionOf(request);
      await db.transact(async (tx) => {
        const [user] = await tx.run(userById, { telegramId });
        if (user === undefined) throw new HubError('not_found', 'Nobody with this id has written yet.');
        await markRead(tx, accountId, telegramId);
      });
      return { read: true as const };
    },
  );

  app.put(
    '/api/admin/inbox/read',
    {
      config: { right: 'own' },
      schema: {
        security: OWN,
        summary: 'La cuenta ha leído todas las conversaciones hasta aquí',
        response: { 200: inboxRead },
      },
    },
    async (request) => {
      const { accountId } = sessionOf(request);
      await db.transact((tx) => markAllRead(tx, accountId));
      return { read: true as const };
    },
  );
}
