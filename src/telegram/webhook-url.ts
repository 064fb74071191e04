import type { Config } from '../config/config.ts';

/** Where Telegram delivers: as configured, else under the public address. */
export function webhookUrl(config: Pick<Config, 'TELEGRAM_WEBHOOK_URL' | 'PUBLIC_URL'>): string | undefined {
  if (config.TELEGRAM_WEBHOOK_URL !== undefined) return config.TELEGRAM_WEBHOOK_URL;
  return config.PUBLIC_URL === undefined ? undefined : new URL('/webhook/telegram/', config.PUBLIC_URL).href;
}
