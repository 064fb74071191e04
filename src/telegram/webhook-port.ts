import { deleteWebhook, setWebhook, type WebhookSetup, webhookInfo } from './setup/setup.ts';
import { webhookProblem } from './texts.ts';

/** Telegram's side of the webhook, for those who watch and mend it. */
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
