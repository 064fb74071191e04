import type { connectWords as spanishConnect, firstStepsWords as spanishSteps } from '../es/first-steps.ts';
import type { Worded } from '../worded.ts';

/** What the overview says until a new hub works. */
export const firstStepsWords: Worded<typeof spanishSteps> = {
  title: 'First steps',
  lead: 'Four steps and the hub is at work. Each one is ticked off by itself once it is done.',
  hide: 'Hide the first steps',
  done: 'Done',
  bot: {
    title: 'Write to your bot',
    text: 'Open it in Telegram and send it anything: so you see what customers will read.',
    qr: (name) => `QR code that opens @${name} in Telegram`,
    copy: 'the bot’s link',
    unknown: 'The bot’s name appears once Telegram answers. Check that the hub reaches Telegram.',
    webhook: 'See the connection with Telegram',
  },
  tpv: {
    title: 'Connect a TPV',
    text: 'Create a TPV to get its key, and put these three lines into its program. The restaurant’s log shows whether it connects.',
    create: 'New TPV',
  },
  order: {
    title: 'Make a test order',
    text: 'On the TPV’s page, “Test order” shows step by step what it does with what a customer would write. It reaches nobody.',
    go: 'Go to the TPVs',
  },
  invite: {
    title: 'Invite the restaurant',
    text: 'In “Account”, add an account with the role “Manager” and pass the invitation on to whoever runs it: they see and attend their conversations, and only theirs.',
    go: 'Invite a restaurant',
  },
};

/** What stands around the lines that connect a TPV. */
export const connectWords: Worded<typeof spanishConnect> = {
  label: 'Language of the TPV',
  copy: 'the lines',
  key: 'KEY_OF_THE_TPV',
  title: 'Connect it with three lines',
};
