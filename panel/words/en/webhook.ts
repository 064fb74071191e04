import type { webhookWords as spanish } from '../es/webhook.ts';
import type { Worded } from '../worded.ts';

/** What the webhook's page says. */
export const webhookWords: Worded<typeof spanish> = {
  title: 'Webhook',
  lead: 'By this way Telegram delivers the messages to the hub.',
  telegram: 'Telegram',
  ok: 'Telegram delivers the messages as usual.',
  broken: 'Telegram does not deliver the messages as it should.',
  polling: 'The hub asks Telegram for the messages (“polling” mode); no webhook is needed.',
  checked: 'Checked',
  check: 'Check now',
  details: 'See details',
  repair: 'Repair the webhook',
  repaired: (url) => `Telegram now delivers to ${url}`,
  noAnswer:
    'Telegram does not answer: nobody knows how the webhook is. Check the server’s connection and the bot’s token.',
  problems: 'What is wrong',
  current: 'What Telegram says',
  mode: 'Mode',
  modes: { webhook: 'Webhook', polling: 'Polling' },
  expected: 'Expected address',
  notConfigured: 'not configured (PUBLIC_URL or TELEGRAM_WEBHOOK_URL)',
  url: 'Present address',
  none: 'none',
  pending: 'Messages that wait at Telegram',
  lastError: 'Last error',
  noError: 'none',
  ip: 'IP address',
  kinds: 'Kinds of update',
  connections: 'Most connections',
  change: 'Change',
  set: 'Set',
  setLabel: 'Address of the webhook',
  setHint: 'Empty: the one that the hub expects. It must be public and end in /webhook/telegram/.',
  remove: 'Remove the webhook',
  removeTitle: 'Remove the webhook?',
  removeText: (url) =>
    `Telegram will stop delivering to ${url}. What people write waits at Telegram, 24 hours at most, until another is set.`,
  removed: 'The webhook is removed.',
};
