import { systemClock } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import { telegramApi, telegramFault } from '../outbound/api.ts';
import type { WebhookFault } from './webhook-fault.ts';
import { deleteWebhook, setWebhook, webhookInfo, webhookSetup } from './webhook-setup.ts';

/** When the hub of this configuration took an update last, in milliseconds. */
export type LastUpdateAt = (config: Config) => Promise<number | undefined>;

function reach(config: Config, lastUpdateAt: LastUpdateAt) {
  const api = telegramApi({ token: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT });
  const clock = systemClock();
  return webhookSetup(config, { api, now: () => clock.now(), lastUpdateAt: () => lastUpdateAt(config) });
}

/** Whether Telegram knows the bot, and what is wrong with its webhook; nothing of it holds the token. */
export function telegramSide(config: Config, lastUpdateAt: LastUpdateAt) {
  const setup = reach(config, lastUpdateAt);
  return {
    async me(): Promise<{ username: string } | { refused: number; description: string } | { unreachable: string }> {
      try {
        return { username: (await setup.api.getMe()).username };
      } catch (error) {
        const fault = telegramFault(error);
        if (fault.kind === 'refused') return { refused: fault.code, description: fault.description };
        return { unreachable: fault.description };
      }
    },
    webhook: async (): Promise<WebhookFault[]> => (await webhookInfo(setup)).faults,
  };
}

/** Telegram's side of the webhook, for an operator at a terminal. */
export function webhookSide(config: Config, lastUpdateAt: LastUpdateAt) {
  const setup = reach(config, lastUpdateAt);
  return {
    set: (url: string | undefined) => setWebhook(setup, url),
    info: () => webhookInfo(setup),
    delete: () => deleteWebhook(setup),
  };
}
