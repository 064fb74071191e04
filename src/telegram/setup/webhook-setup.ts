import type { Api, RawApi } from 'grammy';
import type { WebhookInfo } from 'grammy/types';
import { type Clock, pause } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import { HubError } from '../../errors.ts';
import type { Logger } from '../../log/log.ts';
import { ALLOWED_UPDATES } from '../inbound/update.ts';
import { telegramApi, telegramFault } from '../outbound/api.ts';
import { COMMANDS } from '../texts.ts';
import { type WebhookFault, webhookFaults, webhookProblem } from './webhook-fault.ts';

export interface WebhookSetup {
  api: Api<RawApi>;
  /** The URL to which Telegram should deliver. */
  url: string | undefined;
  secret: string | undefined;
}

/** Updates that Telegram may have on their way at once; Telegram's own default. */
const MAX_CONNECTIONS = 40;
const LONGEST_WAIT_MS = 60_000;

/**
 * Tells Telegram where to deliver, with which secret, and what.
 * @throws HubError `invalid_request` without a URL, `telegram_error`
 */
export async function setWebhook(setup: WebhookSetup, url = setup.url): Promise<string> {
  if (url === undefined || setup.secret === undefined) {
    throw new HubError('invalid_request', 'No webhook URL is configured.', {
      details: [{ path: 'url', message: 'indica la URL, o configura TELEGRAM_WEBHOOK_URL y TELEGRAM_WEBHOOK_SECRET' }],
    });
  }
  try {
    await setup.api.setWebhook(url, {
      secret_token: setup.secret,
      allowed_updates: ALLOWED_UPDATES,
      max_connections: MAX_CONNECTIONS,
    });
  } catch (error) {
    throw refusedByTelegram(error);
  }
  return url;
}

/**
 * Telegram's getWebhookInfo, and in words what is wrong with it.
 * @throws HubError `telegram_error`
 */
export async function webhookInfo(
  setup: Pick<WebhookSetup, 'api' | 'url'>,
): Promise<{ info: WebhookInfo; faults: WebhookFault[]; problems: string[] }> {
  try {
    const info = await setup.api.getWebhookInfo();
    const faults = webhookFaults(info, setup.url);
    return { info, faults, problems: faults.map(webhookProblem) };
  } catch (error) {
    throw refusedByTelegram(error);
  }
}

/**
 * Telegram delivers nowhere from now on, and keeps updates for a day.
 * @throws HubError `telegram_error`
 */
export async function deleteWebhook(setup: Pick<WebhookSetup, 'api'>): Promise<void> {
  try {
    await setup.api.deleteWebhook();
  } catch (error) {
    throw refusedByTelegram(error);
  }
}

function refusedByTelegram(error: unknown): HubError {
  const fault = telegramFault(error);
  // The original error holds the URL with the token, so it is not kept as the cause.
  return new HubError('telegram_error', `Telegram: ${fault.description}`, {
    details: [{ path: 'telegram', message: fault.description }],
  });
}

/**
 * Tells Telegram at start, in the background, again until it is taken: the webhook (if `webhook` is set) and the
 * bot's commands.
 * @returns call it to stop trying
 */
export function introduce(setup: WebhookSetup, webhook: boolean, clock: Clock, log: Logger): () => void {
  const ended = new AbortController();
  const tell = async () => {
    for (let wait = 1_000; !ended.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        if (webhook) log.info({ url: await setWebhook(setup) }, 'Telegram delivers here');
        await setup.api.setMyCommands(COMMANDS);
        return;
      } catch (error) {
        const fault = error instanceof HubError ? error.message : telegramFault(error).description;
        log.warn({ fault, againInMs: wait }, 'could not set up the webhook and the commands at Telegram; trying again');
        await pause(clock, wait, ended.signal);
      }
    }
  };
  // tell() handles every fault itself.
  void tell();
  return () => ended.abort();
}

/** The URL to which Telegram delivers: as configured, else under the public address. */
export function webhookUrl(config: Pick<Config, 'TELEGRAM_WEBHOOK_URL' | 'PUBLIC_URL'>): string | undefined {
  if (config.TELEGRAM_WEBHOOK_URL !== undefined) return config.TELEGRAM_WEBHOOK_URL;
  return config.PUBLIC_URL === undefined ? undefined : new URL('/webhook/telegram/', config.PUBLIC_URL).href;
}

/** Telegram's side of the webhook, to watch and mend it. */
export function webhookPort(setup: WebhookSetup, mode: 'webhook' | 'polling') {
  return {
    mode,
    expectedUrl: mode === 'webhook' ? setup.url : undefined,
    async read() {
      const { info, faults } = await webhookInfo(setup);
      const problems = faults.map((fault) => ({
        code: fault.code,
        at: 'at' in fault ? fault.at : undefined,
        sentence: webhookProblem(fault),
      }));
      return { info, problems };
    },
    set: (url: string | undefined) => setWebhook(setup, url),
    remove: () => deleteWebhook(setup),
  };
}

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
