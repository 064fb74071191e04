export const WEBHOOK_SECRET = 'a-made-up-webhook-secret';
export const BENCH_ADMIN_TOKEN = 'a-made-up-administrator-token';

/** The Bot API that a hub talks to. */
export interface TelegramSide {
  apiRoot: string;
  token: string;
}

const NO_TELEGRAM: TelegramSide = { apiRoot: 'http://127.0.0.1:9', token: '1:made-up' };

/**
 * The environment of a measured hub. Telegram is a closed port, unless there is one: then the hub
 * sets its webhook there.
 */
export function hubEnvironment(databaseUrl: string, url: URL, telegram = NO_TELEGRAM): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_API_ROOT: telegram.apiRoot,
    TELEGRAM_WEBHOOK_URL: new URL('/webhook/telegram/', url).href,
    TELEGRAM_WEBHOOK_AUTO: String(telegram !== NO_TELEGRAM),
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    TPV_REGISTRATION: 'open',
    ADMIN_TOKEN: BENCH_ADMIN_TOKEN,
  };
}
