import { type Config, readConfig } from '../config/config.ts';
import { EXIT, UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { type WebhookFault, webhookSentences } from './doctor/telegram-check.ts';
import { say } from './language/say.ts';

/** Telegram's side of the webhook, as these commands need it. */
export interface WebhookSide {
  /** @returns the URL to which Telegram delivers from now on */
  set(url: string | undefined): Promise<string>;
  info(): Promise<{ info: object; faults: WebhookFault[]; problems: readonly string[] }>;
  delete(): Promise<void>;
}

/**
 * `webhook set [url]`, `webhook info` and `webhook delete`: what Telegram knows of it; the hub need not run.
 * @throws UsageError, ConfigError, HubError `telegram_error`
 */
export async function webhookCommand(
  { env, words: [action, url, ...more] }: Input,
  reach: (config: Config) => WebhookSide,
): Promise<Result> {
  if (more.length > 0 || (url !== undefined && action !== 'set'))
    throw new UsageError(say`"webhook ${action}" takes no more.`);
  switch (action) {
    case 'set': {
      const taken = await reach(readConfig(env)).set(url);
      return { data: { ok: true, url: taken }, text: say`Telegram delivers to ${taken}.` };
    }
    case 'info': {
      const config = readConfig(env);
      const { info, faults, problems } = await reach(config).info();
      const facts = Object.entries(info).map(([name, value]) => `${name.padEnd(24)} ${[value].flat().join(', ')}`);
      const sum =
        problems.length === 0
          ? [say`All is well.`]
          : faults.map((fault) => `✗ ${webhookSentences(fault, config.TIME_ZONE).join(' → ')}`);
      return {
        data: { webhook_info: info, problems },
        text: [...facts, '', ...sum].join('\n'),
        exitCode: problems.length === 0 ? EXIT.ok : EXIT.refused,
      };
    }
    case 'delete':
      await reach(readConfig(env)).delete();
      return {
        data: { ok: true },
        text: say`Telegram delivers nowhere; it keeps updates for 24 hours. With TELEGRAM_WEBHOOK_AUTO, a hub that runs sets the webhook again within 5 minutes, and each hub at its start.`,
      };
    default:
      throw new UsageError(say`"webhook" takes set, info or delete.`);
  }
}
