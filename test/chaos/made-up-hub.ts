import { HubUnderLoad, type HubUnderLoadOptions } from '../support/hub-under-load.ts';

/** What Telegram shows with each update. */
export const SECRET = 'a-made-up-webhook-secret';

/**
 * A hub in a process of its own, not started yet. It takes every TPV, and reaches no Telegram unless it is told where.
 * @param env variables of docs/environment.md, over these
 */
export function madeUpHub(
  env: { DATABASE_URL: string } & Record<string, string>,
  options?: HubUnderLoadOptions,
): Promise<HubUnderLoad> {
  const all = {
    TELEGRAM_BOT_TOKEN: '1234567:made-up',
    TELEGRAM_WEBHOOK_SECRET: SECRET,
    TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
    TELEGRAM_WEBHOOK_AUTO: 'false',
    TPV_REGISTRATION: 'open',
    LOG_LEVEL: 'fatal',
    ...env,
  };
  return HubUnderLoad.make(() => all, options);
}
