import { Resolver } from 'node:dns/promises';
import type { Api, RawApi } from 'grammy';
import type { WebhookInfo } from 'grammy/types';
import type { Config } from '../../config/config.ts';
import { TELEGRAM_API } from '../../config/telegram-takes.ts';
import { HubError } from '../../errors.ts';
import { panelOnly } from '../../wording/wording.ts';
import { ALLOWED_UPDATES } from '../inbound/update.ts';
import { telegramFault } from '../outbound/api.ts';
import { type Resolve4, webhookAddressFault } from './webhook-address.ts';
import { type WebhookFault, webhookFaults, webhookProblem } from './webhook-fault.ts';

export interface WebhookSetup {
  api: Api<RawApi>;
  mode: Config['TELEGRAM_MODE'];
  /** The URL to which Telegram should deliver. */
  url: string | undefined;
  secret: string | undefined;
  /** Undefined for a Bot API server of one's own, which may deliver into a LAN. */
  resolve4: Resolve4 | undefined;
  now(): number;
  /** When the hub took an update last, in milliseconds. */
  lastUpdateAt(): Promise<number | undefined>;
}

type SetupConfig = Pick<
  Config,
  'TELEGRAM_MODE' | 'TELEGRAM_API_ROOT' | 'TELEGRAM_WEBHOOK_URL' | 'TELEGRAM_WEBHOOK_SECRET' | 'PUBLIC_URL'
>;

/** Updates that Telegram may have on their way at once; Telegram's own default. */
const MAX_CONNECTIONS = 40;
/** A DNS that does not answer sooner is not waited for: Telegram itself says then what it can't reach. */
const DNS_MS = 2_000;

/** The webhook that a configuration asks for. */
export function webhookSetup(
  config: SetupConfig,
  ports: Pick<WebhookSetup, 'api' | 'now' | 'lastUpdateAt'>,
): WebhookSetup {
  const resolver = new Resolver({ timeout: DNS_MS, tries: 1 });
  return {
    ...ports,
    mode: config.TELEGRAM_MODE,
    url: webhookUrl(config),
    secret: config.TELEGRAM_WEBHOOK_SECRET,
    resolve4: config.TELEGRAM_API_ROOT === TELEGRAM_API ? (name) => resolver.resolve4(name) : undefined,
  };
}

/**
 * Tells Telegram where to deliver, with which secret, and what. An address that Telegram would refuse is refused before
 * it is asked, since it closes the webhook that is set first; where it refuses all the same, the former one is set again.
 * @throws HubError `invalid_request` without a URL or with one that Telegram takes in no case, `telegram_error`
 */
export async function setWebhook(setup: WebhookSetup, url = setup.url): Promise<string> {
  const { api, secret, resolve4 } = setup;
  if (url === undefined || secret === undefined) {
    throw new HubError('invalid_request', 'No webhook URL is configured.', {
      details: [
        {
          path: 'url',
          message: panelOnly(
            'indica la URL, o configura TELEGRAM_WEBHOOK_URL y TELEGRAM_WEBHOOK_SECRET',
            'give the URL, or configure TELEGRAM_WEBHOOK_URL and TELEGRAM_WEBHOOK_SECRET',
          ),
        },
      ],
    });
  }
  const former = await asked(api.getWebhookInfo());
  // An address at which Telegram delivers already need not be one that this machine's DNS knows.
  const fault = resolve4 === undefined || former.url === url ? undefined : await webhookAddressFault(url, resolve4);
  if (fault !== undefined) {
    const options = { details: [{ path: 'url', message: panelOnly(fault, fault) }] };
    throw new HubError('invalid_request', `Telegram can't deliver to ${url}: ${fault}.`, options);
  }
  try {
    await api.setWebhook(url, {
      secret_token: secret,
      allowed_updates: ALLOWED_UPDATES,
      max_connections: MAX_CONNECTIONS,
    });
  } catch (error) {
    const { kind, description } = telegramFault(error);
    const after = kind === 'refused' ? await setAgain(setup, former) : undefined;
    throw refusal(description, after);
  }
  return url;
}

/** @returns how that went, in Spanish; undefined where no webhook was set */
async function setAgain({ api, secret }: WebhookSetup, former: WebhookInfo): Promise<string | undefined> {
  const { url = '', max_connections, allowed_updates } = former;
  if (url === '' || secret === undefined) return undefined;
  try {
    await api.setWebhook(url, {
      secret_token: secret,
      ...(max_connections !== undefined && { max_connections }),
      // Telegram leaves it out where it is its own default, for which it wants an empty list.
      allowed_updates: (allowed_updates ?? []) as typeof ALLOWED_UPDATES | [],
    });
    return `Telegram sigue entregando en ${url}`;
  } catch (error) {
    return `Telegram tampoco vuelve a entregar en ${url} (${telegramFault(error).description}): ya no entrega en ningún sitio`;
  }
}

/**
 * Telegram's getWebhookInfo, and in words what is wrong with it.
 * @throws HubError `telegram_error`
 */
export async function webhookInfo(
  setup: Pick<WebhookSetup, 'api' | 'mode' | 'url' | 'now' | 'lastUpdateAt'>,
): Promise<{ info: WebhookInfo; faults: WebhookFault[]; problems: string[] }> {
  const info = await asked(setup.api.getWebhookInfo());
  const lastUpdateAt = await setup.lastUpdateAt();
  const faults = webhookFaults(info, { mode: setup.mode, url: setup.url, now: setup.now(), lastUpdateAt });
  return { info, faults, problems: faults.map(webhookProblem) };
}

/**
 * Telegram delivers nowhere from now on, and keeps updates for a day.
 * @throws HubError `telegram_error`
 */
export async function deleteWebhook(setup: Pick<WebhookSetup, 'api'>): Promise<void> {
  await asked(setup.api.deleteWebhook());
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw refusal(telegramFault(error).description);
  }
}

/** The original error holds the URL with the token, so it is not kept as the cause. */
function refusal(description: string, after?: string): HubError {
  const message = after === undefined ? description : `${description}. ${after}`;
  return new HubError('telegram_error', `Telegram: ${message}`, {
    details: [{ path: 'telegram', message: panelOnly(message, message) }],
  });
}

/** The URL to which Telegram delivers: as configured, else under the public address. */
export function webhookUrl(config: Pick<Config, 'TELEGRAM_WEBHOOK_URL' | 'PUBLIC_URL'>): string | undefined {
  if (config.TELEGRAM_WEBHOOK_URL !== undefined) return config.TELEGRAM_WEBHOOK_URL;
  return config.PUBLIC_URL === undefined ? undefined : new URL('/webhook/telegram/', config.PUBLIC_URL).href;
}
