import type { setupWords as spanish } from '../es/setup.ts';
import type { Worded } from '../worded.ts';

/** What the set-up link's page says. */
export const setupWords: Worded<typeof spanish> = {
  title: 'Create the first account',
  lead: 'With it you will administer the hub.',
  name: 'Name',
  nameHint: 'You log in with this name, and the audit log shows it.',
  password: 'Password',
  passwordHint: 'At least 12 characters. A long sentence is better than a strange word.',
  repeat: 'Repeat the password',
  different: 'The two passwords are not the same.',
  submit: 'Create the account and log in',
  noToken: 'The link lacks its secret part',
  noTokenHint: 'Open it whole, as the hub wrote it when it started: it ends in “#” and letters and digits.',
  used: 'The link is no longer valid',
  usedHint: 'It was used or has expired. Restart the hub for another one, or run “npx valletpv-hub admin create”.',
  toLogin: 'Go to the login page',
};
