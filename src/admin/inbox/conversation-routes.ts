import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../../db/open.ts';
import type { PushAnswer } from '../../push/answer.ts';
import { administratorMessage, enqueue } from '../../push/enqueue.ts';
import { waysOfUser } from '../../users/user.ts';
import { administratorOf } from '../access.ts';
import { auditedUser, existingUser } from '../existing-user.ts';
import { cursorOf, pageQuery } from '../page.ts';
import { record } from '../record.ts';
import { timelinePage, userMessage, userMessageSent, userParams } from '../schemas/users.ts';
import { scopeOf } from '../scope.ts';
import { timelineOf } from './timeline.ts';

export interface ConversationOptions {
  db: Database;
  /** How a message fared with Telegram, waited for as long as the contract says. */
  pushResult(pushId: string): Promise<PushAnswer>;
  now(): number;
}

const timelineKey = z.tuple([z.int().nullable(), z.int().nullable(), z.int().nullable(), z.string().nullable()]);
const timelineQuery = z.strictObject(pageQuery(timelineKey));

/** What was said between a person and the hub, and what an administrator says. */
export async function conversationRoutes(instance: FastifyInstance, options: ConversationOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;

  app.get(
    '/api/admin/users/:id/timeline',
    {
      config: { right: 'see', reach: 'conversation' },
      schema: {
        summary: 'Todo lo que pasó con una persona, lo más nuevo primero',
        params: userParams,
        querystring: timelineQuery,
        response: { 200: timelinePage },
      },
    },
    async (request) => {
      const { telegram_id: telegramId } = await existingUser(db, request.params.id);
      const { cursor, limit } = request.query;
      const page = await timelineOf(db, telegramId, cursor, limit, scopeOf(request));
      return { items: page.items, next: page.next === undefined ? null : cursorOf(page.next) };
    },
  );

  app.post(
    '/api/admin/users/:id/messages',
    {
      config: { right: 'change', reach: 'user' },
      schema: {
        summary: 'Escribe a una persona, en nombre del bot; el texto va tal cual',
        params: userParams,
        body: userMessage,
        response: { 201: userMessageSent, 202: userMessageSent },
      },
    },
    async (request, reply) => {
      const user = await existingUser(db, request.params.id);
      const { text } = request.body;
      const id = await db.transact(async (tx) => {
        const [ways] = await tx.run(waysOfUser, { telegramId: user.telegram_id });
        const { name: by } = administratorOf(request);
        const message = administratorMessage(user.telegram_id, text, {
          topic: ways?.topic_id ?? null,
          by,
          tpvId: user.tpv_id,
        });
        const pushId = await enqueue(tx, message, now());
        const entry = {
          action: 'user.message',
          target: auditedUser(user),
          details: { push_message_id: pushId },
        } as const;
        await record(tx, options, request, entry);
        return pushId;
      });
      const { status } = await options.pushResult(id);
      return reply.code(status === 'sent' ? 201 : 202).send({ push_message_id: id, status });
    },
  );
}
