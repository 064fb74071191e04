import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { HubError } from '../../errors.ts';
import { secretCheck } from '../../same-secret.ts';
import type { Received } from './receive.ts';

export interface WebhookOptions {
  /** Undefined: the route refuses everything. */
  secret: string | undefined;
  /** @param onKept called as soon as the update is kept; what comes of it may be told later */
  receive(raw: Buffer, onKept?: () => void): Promise<Received>;
  draining(): boolean;
}

/** What Telegram delivers, for the route and for what answers its usual requests beside it (src/api/direct-route.ts). */
export interface Webhook {
  paths: ReadonlyMap<string, string>;
  maxBodyBytes: number;
  /** Why it is not taken, by its headers. */
  refusal(headers: IncomingHttpHeaders): HubError | undefined;
  admits(headers: IncomingHttpHeaders): boolean;
  /** What 200 says. */
  json: string;
  /** @param reply answers, if it is there to be answered early; the caller answers where it was not called */
  answer(body: Buffer, reply?: () => void): Promise<{ update_id?: number; instruction_id?: string }>;
}

const PATTERNS = ['/webhook/telegram', '/telegram'];
const MAX_BODY_BYTES = 1024 * 1024;
const OK = '{"ok":true}';

/** Receives what Telegram delivers; 200 says that the update is committed, and never carries a method (S2). */
export function createWebhook({ secret, receive, draining }: WebhookOptions): Webhook {
  const isSecret = secret === undefined ? () => false : secretCheck(secret);
  const refusal = (headers: IncomingHttpHeaders) => {
    const given = headers['x-telegram-bot-api-secret-token'];
    if (typeof given !== 'string' || !isSecret(given)) {
      return new HubError('unauthorized', 'The webhook secret is missing or wrong.');
    }
    if (!draining()) return undefined;
    return new HubError('unavailable', 'The hub is draining.', { retryAfterSeconds: 5 });
  };
  return {
    paths: new Map(PATTERNS.flatMap((pattern) => [pattern, `${pattern}/`].map((path) => [path, pattern]))),
    maxBodyBytes: MAX_BODY_BYTES,
    refusal,
    admits: (headers) => refusal(headers) === undefined,
    json: OK,
    async answer(body, reply) {
      const { updateId, instructionId } = await receive(body, reply);
      return {
        ...(updateId !== null && { update_id: updateId }),
        ...(instructionId !== undefined && { instruction_id: instructionId }),
      };
    },
  };
}

/** The routes of the webhook. */
export async function webhookRoutes(app: FastifyInstance, { webhook }: { webhook: Webhook }): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  for (const url of PATTERNS) {
    app.post<{ Body: Buffer }>(url, {
      schema: { hide: true },
      // Headers for browsers; only Telegram reads this answer.
      helmet: false,
      bodyLimit: MAX_BODY_BYTES,
      // Before the body is read (S1).
      onRequest: (request, _reply, done) => done(webhook.refusal(request.headers)),
      handler: async (request, reply) => {
        request.trail = await webhook.answer(request.body);
        return reply.type('application/json').send(webhook.json);
      },
    });
  }
}
