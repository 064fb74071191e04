import type { loginWords as spanish } from '../es/login.ts';
import type { Worded } from '../worded.ts';

/** What the way into the panel says. */
export const loginWords: Worded<typeof spanish> = {
  title: 'Log in',
  lead: 'Administration panel',
  name: 'Name',
  password: 'Password',
  code: 'Verification code',
  codeHint: 'The 6 digits of your app, or a recovery code.',
  wrong: 'The name or the password is not right.',
  wrongCode: 'The code is not right: wait for the next one and try again.',
  tooMany: (wait) => `Too many attempts: wait for ${wait} and try again.`,
  byBot: {
    title: 'Log in to the panel',
    used: 'This link is no longer valid',
    usedHint: 'It works once, for 5 minutes. Write /panel to the bot and it gives you another.',
    byPassword: 'Log in with a password',
    hint: 'If you manage a restaurant and log in with Telegram, write /panel to the bot: it gives you a link.',
  },
  expired: 'The session has ended',
  expiredLead: 'Log in again to go on where you were; what you wrote on this page is not lost.',
  other: 'Use another account',
  noAccount: 'There is no account yet',
  noAccountHint:
    'Open the set-up link that the hub wrote into its log when it started, or run “npx valletpv-hub admin create”.',
};
