import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { panelOnly } from '../wording/wording.ts';
import type { WebhookPort, WebhookWatch } from './overview/webhook-health.ts';
import { record } from './record.ts';
import { type WebhookState, webhookChange, webhookRemoved, webhookSet, webhookState } from './schemas/webhook.ts';

/** What an administrator has Telegram do. */
export interface WebhookChangePort extends WebhookPort {
  /** @throws HubError `invalid_request` without a URL, `telegram_error` */
  set(url: string | undefined): Promise<string>;
  /** @throws HubError `telegram_error` */
  remove(): Promise<void>;
}

export interface WebhookRoutesOptions {
  db: Database;
  webhook: WebhookChangePort;
  watch: WebhookWatch;
  now(): number;
}

/** Shows to which URL Telegram delivers, and sets it anew. */
export async function adminWebhookRoutes(instance: FastifyInstance, options: WebhookRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, webhook, watch } = options;
  const written = (request: FastifyRequest, action: 'webhook.set' | 'webhook.delete', details = {}) =>
    db.transact((tx) => record(tx, options, request, { action, details }));

  app.get(
    '/api/admin/webhook',
    { config: { right: 'see' }, schema: { summary: 'Cómo está el webhook', response: { 200: webhookState } } },
    async (): Promise<WebhookState> => {
      const { info, problems } = await watch.check();
      return {
        mode: webhook.mode,
        expected_url: webhook.expectedUrl ?? null,
        problems: [...problems],
        info:
          info === undefined
            ? null
            : {
                url: info.url ?? '',
                pending_update_count: info.pending_update_count,
                last_error_at: info.last_error_date === undefined ? null : isoTime(info.last_error_date * 1_000),
                last_error_message: info.last_error_message ?? null,
                ip_address: info.ip_address ?? null,
                allowed_updates: [...(info.allowed_updates ?? [])],
                max_connections: info.max_connections ?? null,
              },
      };
    },
  );

  app.post(
    '/api/admin/webhook',
    {
      config: { right: 'change' },
      schema: { summary: 'Configura o repara el webhook', body: webhookChange, response: { 200: webhookSet } },
    },
    async (request) => {
      if (webhook.mode === 'polling') {
        throw new HubError('conflict', 'A webhook would keep updates from a hub that polls.', {
          details: [
            {
              path: 'url',
              message: panelOnly(
                'el hub pregunta a Telegram (TELEGRAM_MODE=polling): no admite webhook',
                'the hub polls Telegram (TELEGRAM_MODE=polling): it takes no webhook',
              ),
            },
          ],
        });
      }
      const url = await webhook.set(request.body?.url);
      await written(request, 'webhook.set', { url });
      await watch.check();
      return { ok: true as const, url };
    },
  );

  app.delete(
    '/api/admin/webhook',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Borra el webhook: Telegram guarda las actualizaciones un día',
        response: { 200: webhookRemoved },
      },
    },
    async (request) => {
      await webhook.remove();
      await written(request, 'webhook.delete');
      await watch.check();
      return { ok: true as const };
    },
  );
}
