import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PollingTrouble } from '../inbound/polling-trouble.ts';

export interface WebhookSetupRoutesOptions {
  webhook: {
    /** @throws HubError `invalid_request`, `telegram_error` */
    set(url: string | undefined): Promise<string>;
    /** @throws HubError `telegram_error` */
    read(): Promise<{ info: object; problems: readonly { sentence: string }[] }>;
    pollingTrouble(): PollingTrouble | undefined;
  };
  /** Who calls: an administrator, or a stranger. */
  identify(request: FastifyRequest): Promise<object | undefined>;
  /** The hook that lets administrators in. */
  guard(request: FastifyRequest): Promise<void>;
  /** Writes down who set it. */
  webhookSet(request: FastifyRequest, url: string): Promise<void>;
}

const SECURITY: Record<string, string[]>[] = [{ AdminToken: [] }, { AdminSession: [] }];

const setupBody = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .optional();

const setupAnswer = z.object({ ok: z.literal(true), url: z.string() });
const infoAnswer = z.object({
  status: z.literal('active'),
  /** Telegram’s own, for administrators alone. */
  webhook_info: z.looseObject({}).optional(),
  problems: z.array(z.string()).optional(),
});

/** The administrator's view of the webhook, and the way to set it. */
export async function webhookSetupRoutes(instance: FastifyInstance, options: WebhookSetupRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const tags = ['Telegram'];

  app.post(
    '/webhook/setup',
    {
      schema: {
        tags,
        security: SECURITY,
        summary: 'Configura el webhook en Telegram',
        body: setupBody,
        response: { 200: setupAnswer },
      },
      onRequest: options.guard,
    },
    async (request) => {
      const url = await options.webhook.set(request.body?.url);
      await options.webhookSet(request, url);
      return { ok: true as const, url };
    },
  );

  for (const url of ['/webhook/info', '/info']) {
    // Others get an answer too, with less in it.
    app.get(
      url,
      { schema: { tags, security: [{}, ...SECURITY], summary: 'Cómo está el webhook', response: { 200: infoAnswer } } },
      async (request) => {
        if ((await options.identify(request)) === undefined) return { status: 'active' as const };
        const { info, problems } = await options.webhook.read();
        const trouble = options.webhook.pollingTrouble();
        const sentences = [trouble, ...problems].flatMap((one) => (one === undefined ? [] : [one.sentence]));
        return { status: 'active' as const, webhook_info: { ...info }, problems: sentences };
      },
    );
  }
}
