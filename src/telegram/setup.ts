import type { Api, RawApi } from 'grammy';
import type { WebhookInfo } from 'grammy/types';
import { type Clock, isoTime, pause } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { telegramFault } from './send.ts';
import { texts, webhookProblems } from './texts.ts';
import { ALLOWED_UPDATES } from './update.ts';

export interface WebhookSetup {
  api: Api<RawApi>;
  /** Where Telegram should deliver. */
  url: string | undefined;
  secret: string | undefined;
}

/** Updates that Telegram may have on their way at once; Telegram's own default. */
const MAX_CONNECTIONS = 40;
/** From here on a backlog is worth a word. */
const BACKLOG = 100;
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
export async function webhookInfo(setup: WebhookSetup): Promise<{ info: WebhookInfo; problems: string[] }> {
  try {
    const info = await setup.api.getWebhookInfo();
    return { info, problems: problemsOf(info, setup.url) };
  } catch (error) {
    throw refusedByTelegram(error);
  }
}

function problemsOf(info: WebhookInfo, expected: string | undefined): string[] {
  const problems: string[] = [];
  const url = info.url ?? '';
  if (url === '') problems.push(webhookProblems.unset);
  else if (expected !== undefined && url !== expected) problems.push(webhookProblems.otherUrl(url, expected));
  if (info.last_error_message !== undefined && info.last_error_date !== undefined) {
    problems.push(webhookProblems.lastError(info.last_error_message, isoTime(info.last_error_date * 1_000)));
  }
  if (info.pending_update_count >= BACKLOG) problems.push(webhookProblems.backlog(info.pending_update_count));
  const missing = ALLOWED_UPDATES.filter((kind) => !(info.allowed_updates ?? ALLOWED_UPDATES).includes(kind));
  if (url !== '' && missing.length > 0) problems.push(webhookProblems.missingKinds(missing.join(', ')));
  return problems;
}

function refusedByTelegram(error: unknown): HubError {
  const fault = telegramFault(error);
  // The original error holds the URL with the token, so it is not kept as the cause.
  return new HubError('telegram_error', `Telegram: ${fault.description}`, {
    details: [{ path: 'telegram', message: fault.description }],
  });
}

/**
 * Tells Telegram at start, in the background, again until it is taken: the webhook (where `webhook` is set) and the
 * bot's commands.
 * @returns call it to stop trying
 */
export function introduce(setup: WebhookSetup, webhook: boolean, clock: Clock, log: Logger): () => void {
  const ended = new AbortController();
  const tell = async () => {
    for (let wait = 1_000; !ended.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        if (webhook) log.info({ url: await setWebhook(setup) }, 'Telegram delivers here');
        await setup.api.setMyCommands(texts.commands);
        return;
      } catch (error) {
        const fault = error instanceof HubError ? error.message : telegramFault(error).description;
        log.warn({ fault, againInMs: wait }, 'Telegram could not be told where to deliver');
        await pause(clock, wait, ended.signal);
      }
    }
  };
  // tell() handles every fault itself.
  void tell();
  return () => ended.abort();
}
