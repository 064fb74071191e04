import type { Delivery } from '../delivery.ts';
import type { Method } from '../params.ts';
import type { Polling } from '../polling.ts';
import type { UpdateQueue } from '../updates.ts';
import { mustBeReachable, webhookFrom } from '../webhook.ts';

/** Methods by which the bot says how it wants its updates. */
export function updateMethods(queue: UpdateQueue, delivery: Delivery, polling: Polling) {
  const remove = (dropPending: boolean) => {
    if (dropPending) queue.clear();
    const wasSet = delivery.config !== undefined;
    if (wasSet) delivery.use(undefined);
    return { result: true, description: wasSet ? 'Webhook was deleted' : 'Webhook is already deleted' };
  };
  return {
    getUpdates: polling.getUpdates,
    setWebhook: ({ params }) => {
      const config = webhookFrom(params, queue.allowedUpdates);
      const dropPending = params.drop_pending_updates === true;
      if (config === undefined) return remove(dropPending);
      if (dropPending) queue.clear();
      queue.allowedUpdates = config.allowedUpdates;
      polling.end('terminated by setWebhook request');
      // Telegram keeps its connections, pauses and last error where nothing changed.
      if (!dropPending && JSON.stringify(config) === JSON.stringify(delivery.config)) {
        return { result: true, description: 'Webhook is already set' };
      }
      if (delivery.config !== undefined) delivery.use(undefined);
      mustBeReachable(config);
      delivery.use(config);
      return { result: true, description: 'Webhook was set' };
    },
    deleteWebhook: ({ params }) => remove(params.drop_pending_updates === true),
    getWebhookInfo: () => ({ result: webhookInfo(queue, delivery) }),
  } satisfies Record<string, Method>;
}

function webhookInfo(queue: UpdateQueue, { config, lastError }: Delivery) {
  return {
    url: config?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: queue.size,
    ...(lastError === undefined ? {} : { last_error_date: lastError.atSeconds, last_error_message: lastError.message }),
    ...(config === undefined ? {} : { max_connections: config.maxConnections }),
    ...(queue.allowedUpdates.length === 0 ? {} : { allowed_updates: queue.allowedUpdates }),
  };
}
