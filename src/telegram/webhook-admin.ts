import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HubError } from '../errors.ts';
import { setWebhook, type WebhookSetup, webhookInfo } from './setup.ts';

export interface WebhookAdminOptions {
  setup: WebhookSetup;
  isAdministrator(request: FastifyRequest): boolean;
}

const setupBody = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .optional();

/** The administrator's view of the webhook, and the way to set it. */
export async function webhookAdminRoutes(instance: FastifyInstance, options: WebhookAdminOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const tags = ['Telegram'];

  app.post(
    '/webhook/setup',
    {
      schema: { tags, security: [{ AdminToken: [] }], summary: 'Configura el webhook en Telegram', body: setupBody },
      onRequest: async (request) => {
        if (!options.isAdministrator(request)) throw new HubError('unauthorized', 'Only the administrator sets it.');
      },
    },
    async (request) => ({ ok: true, url: await setWebhook(options.setup, request.body?.url) }),
  );

  for (const url of ['/webhook/info', '/info']) {
    // Without the token it answers too, with less.
    const security: Record<string, string[]>[] = [{}, { AdminToken: [] }];
    app.get(url, { schema: { tags, security, summary: 'Cómo está el webhook' } }, async (request) => {
      if (!options.isAdministrator(request)) return { status: 'active' };
      const { info, problems } = await webhookInfo(options.setup);
      return { status: 'active', webhook_info: info, problems };
    });
  }
}
