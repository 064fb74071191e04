import type { Config } from '../../config/config.ts';
import { HubError } from '../../errors.ts';
import { say } from '../language/say.ts';
import { localTime } from '../local-time.ts';
import { type Finding, findings } from './finding.ts';

/** What is wrong with the webhook, as Telegram tells it. */
export type WebhookFault =
  | { code: 'unset' }
  | { code: 'elsewhere'; url: string; expected: string }
  | { code: 'failing'; message: string; at: number }
  | { code: 'backlog'; count: number }
  | { code: 'missing_kinds'; kinds: readonly string[] }
  | { code: 'unwanted'; url: string };

/** Telegram, as this check needs it. Neither throws what holds the token. */
export interface TelegramSide {
  /** @returns the bot's name, or why Telegram did not say it */
  me(): Promise<{ username: string } | { refused: number; description: string } | { unreachable: string }>;
  /** @throws HubError `telegram_error` */
  webhook(): Promise<WebhookFault[]>;
}

type TelegramConfig = Pick<Config, 'TELEGRAM_MODE' | 'TIME_ZONE'>;

const SET = 'npx valletpv-hub webhook set';

/** Whether Telegram knows the bot, and delivers its updates here. */
export async function checkTelegram(side: TelegramSide, config: TelegramConfig): Promise<Finding[]> {
  const { ok, fault } = findings('token');
  const me = await side.me();
  if ('unreachable' in me) {
    const what = say`Telegram can't be reached (${me.unreachable}).`;
    return [fault(what, say`Check this machine’s network, DNS and firewall, and TELEGRAM_API_ROOT.`)];
  }
  if ('refused' in me) {
    const what = say`Telegram refuses TELEGRAM_BOT_TOKEN (${me.refused} ${me.description}).`;
    return [fault(what, say`Copy it again from @BotFather (/mybots, API Token).`)];
  }
  return [ok(say`Telegram knows the bot: @${me.username}.`), ...(await checkWebhook(side, config))];
}

async function checkWebhook(
  side: TelegramSide,
  { TELEGRAM_MODE: mode, TIME_ZONE: timeZone }: TelegramConfig,
): Promise<Finding[]> {
  const { ok, fault } = findings('webhook');
  let faults: WebhookFault[];
  try {
    faults = await side.webhook();
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return [fault(say`Telegram does not say how the webhook is: ${error.message}`, say`Try again in a minute.`)];
  }
  if (faults.length > 0) return faults.map((one) => fault(...webhookSentences(one, timeZone)));
  if (mode === 'polling') return [ok(say`TELEGRAM_MODE is polling: no webhook is needed, and none is set.`)];
  return [ok(say`Telegram delivers here, and its last deliveries went well.`)];
}

/** What is wrong with the webhook, and how it is mended. */
export function webhookSentences(fault: WebhookFault, timeZone: string): [what: string, mend: string] {
  switch (fault.code) {
    case 'unset':
      return [say`Telegram has no webhook for this bot.`, SET];
    case 'elsewhere':
      return [
        say`Telegram delivers to ${fault.url}, not to ${fault.expected}.`,
        say`${SET}, unless that is on purpose.`,
      ];
    case 'failing':
      return [
        say`Telegram's last delivery failed (${localTime(fault.at, timeZone)}): ${fault.message}`,
        mendOf(fault.message),
      ];
    case 'backlog':
      return [say`Telegram holds back ${fault.count} updates.`, say`Check that PUBLIC_URL leads to the hub.`];
    case 'missing_kinds':
      return [say`Telegram does not deliver ${fault.kinds.join(', ')}.`, SET];
    case 'unwanted':
      return [
        say`TELEGRAM_MODE is polling, but Telegram delivers to ${fault.url}: no update can be fetched.`,
        say`Start the hub, which takes the webhook away, or: npx valletpv-hub webhook delete`,
      ];
  }
}

/** Telegram words what the web server answered. */
function mendOf(message: string): string {
  if (/\b401\b/.test(message)) return say`The secret that Telegram has is not TELEGRAM_WEBHOOK_SECRET: ${SET}`;
  if (/\b404\b/.test(message))
    return say`The address leads to another program: check the web server in front of the hub.`;
  if (/\b50[234]\b/.test(message))
    return say`The web server in front does not reach the hub: check that it runs, and its PORT.`;
  if (/certificate|SSL/i.test(message)) return say`Renew the certificate, and serve its whole chain.`;
  return say`Check DNS, the firewall and the web server in front of the hub.`;
}
