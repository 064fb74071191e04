import type { FastifyInstance } from 'fastify';
import { HubError } from '../../errors.ts';
import { sameSecret } from '../../same-secret.ts';
import type { Received } from './receive.ts';

export interface WebhookOptions {
  /** Undefined: the route refuses everything. */
  secret: string | undefined;
  receive(raw: Buffer): Promise<Received>;
  draining(): boolean;
}

const MAX_BODY_BYTES = 1024 * 1024;
const OK = '{"ok":true}';

/** Receives what Telegram delivers; 200 says that the update is committed, and never carries a method (S2). */
export async function webhookRoutes(app: FastifyInstance, options: WebhookOptions): Promise<void> {
  const { secret } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  for (const url of ['/webhook/telegram', '/telegram']) {
    app.post<{ Body: Buffer }>(url, {
      schema: { hide: true },
      // Headers for browsers; only Telegram reads this answer.
      helmet: false,
      bodyLimit: MAX_BODY_BYTES,
      // Before the body is read (S1).
      onRequest: (request, _reply, done) => {
        const given = request.headers['x-telegram-bot-api-secret-token'];
        if (secret === undefined || typeof given !== 'string' || !sameSecret(given, secret)) {
          return done(new HubError('unauthorized', 'The webhook secret is missing or wrong.'));
        }
        if (options.draining()) {
          return done(new HubError('unavailable', 'The hub is draining.', { retryAfterSeconds: 5 }));
        }
        done();
      },
      handler: async (request, reply) => {
        const { updateId, instructionId } = await options.receive(request.body);
        request.trail = { update_id: updateId ?? undefined, instruction_id: instructionId };
        return reply.type('application/json').send(OK);
      },
    });
  }
}
