import type { Config } from '../config/config.ts';
import { telegramApi, telegramFault } from './outbound/api.ts';
import { deleteWebhook, setWebhook, type WebhookSetup, webhookInfo } from './setup/setup.ts';
import { type WebhookFault, webhookFaults } from './setup/webhook-fault.ts';
import { webhookUrl } from './webhook-url.ts';

type TelegramConfig = Pick<Config, 'TELEGRAM_BOT_TOKEN' | 'TELEGRAM_API_ROOT' | 'TELEGRAM_WEBHOOK_URL' | 'PUBLIC_URL'>;

/** Whether Telegram knows the bot, and what is wrong with its webhook; nothing of it holds the token. */
export function telegramSide(config: TelegramConfig) {
  const api = telegramApi({ token: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT });
  return {
    async me(): Promise<{ username: string } | { refused: number; description: string } | { unreachable: string }> {
      try {
        return { username: (await api.getMe()).username };
      } catch (error) {
        const fault = telegramFault(error);
        if (fault.kind === 'refused') return { refused: fault.code, description: fault.description };
        return { unreachable: fault.description };
      }
    },
    webhook: async (): Promise<WebhookFault[]> => webhookFaults(await api.getWebhookInfo(), webhookUrl(config)),
  };
}

/** Telegram's side of the webhook. */
export function webhookSide(config: TelegramConfig & Pick<Config, 'TELEGRAM_WEBHOOK_SECRET'>) {
  const setup: WebhookSetup = {
    api: telegramApi({ token: config.TELEGRAM_BOT_TOKEN, apiRoot: config.TELEGRAM_API_ROOT }),
    url: webhookUrl(config),
    secret: config.TELEGRAM_WEBHOOK_SECRET,
  };
  return {
    set: (url: string | undefined) => setWebhook(setup, url),
    info: () => webhookInfo(setup),
    delete: () => deleteWebhook(setup),
  };
}
