import type { frameWords as spanish } from '../es/frame.ts';
import type { Worded } from '../worded.ts';

/** What stands around every page. */
export const frameWords: Worded<typeof spanish> = {
  product: 'ValleTPV Hub',
  skip: 'Skip to the content',
  navigation: 'Main',
  more: 'More',
  menu: 'All pages',
  sections: {
    overview: 'Overview',
    inbox: 'Conversations',
    tpvs: 'TPVs',
    users: 'Customers',
    instructions: 'Received',
    pushes: 'Sent',
    quarantine: 'Quarantine',
    audit: 'Audit log',
    settings: 'Settings',
    webhook: 'Webhook',
    hubs: 'Hubs',
    account: 'Account',
  },
  pending: (count) => `${count} to see to`,
  connecting: 'Connecting…',
  connected: 'Live',
  lost: 'Connection lost, trying again…',
  stale: (since) => `No connection with the hub since ${since}: what you see may have changed.`,
  theme: { auto: 'Theme: the device’s', light: 'Theme: light', dark: 'Theme: dark' },
  viewer:
    'Read-only: with this role you can see everything, and change nothing. An administrator can change it in “Account”.',
  loading: 'Loading…',
};
