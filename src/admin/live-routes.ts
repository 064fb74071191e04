import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { administratorOf } from './access.ts';
import type { LiveFeed } from './live-feed.ts';
import { scopeOf } from './scope.ts';
import { textAnswer } from './text-answer.ts';

export interface LiveOptions {
  feed: LiveFeed;
}

const EVENTS_ANSWER = textAnswer('text/event-stream', 'Los cambios, sin fin');
const headers = z.object({ 'last-event-id': z.string().max(100).optional() });

/**
 * What changes, as server-sent events: `changes` (the rows that were created or changed), `overview` (every 2 s)
 * and `reset` (load again what you show). A stream that was cut goes on after its last event (`Last-Event-ID`). A manager
 * is told of the rows of their own TPVs, gets no `overview`, and loads again after a cut.
 */
export async function adminLiveRoutes(app: FastifyInstance, { feed }: LiveOptions): Promise<void> {
  // A response that never ends by itself would keep the server from closing.
  app.addHook('preClose', async () => feed.close());

  app.get<{ Headers: z.infer<typeof headers> }>(
    '/api/admin/events',
    {
      config: { right: 'see', reach: 'list' },
      exposeHeadRoute: false,
      schema: { summary: 'Lo que cambia, según cambia (server-sent events)', headers, response: EVENTS_ANSWER },
    },
    async (request, reply) => {
      const { session } = administratorOf(request);
      const tpvIds = scopeOf(request);
      const watcher = {
        sessionId: session?.id,
        lastEventId: request.headers['last-event-id'],
        manager: session && tpvIds && { accountId: session.accountId, tpvIds },
      };
      feed.admit(watcher);
      reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        // nginx hands it on as it comes.
        .header('x-accel-buffering', 'no')
        .hijack();
      const { raw } = reply;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value);
      raw.writeHead(200);
      feed.open(raw, watcher);
    },
  );
}
