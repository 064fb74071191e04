import type { searchWords as spanish } from '../es/search.ts';
import type { Worded } from '../worded.ts';

/** What the search over the whole panel says. */
export const searchWords: Worded<typeof spanish> = {
  open: 'Search',
  key: 'Ctrl K',
  title: 'Search the panel',
  placeholder: 'Customer, TPV, id, page or action',
  results: 'Results',
  searching: 'Searching…',
  count: (count) => (count === 1 ? '1 result' : `${count.toLocaleString('en-GB')} results`),
  failed: (why) => `The hub could not be searched: ${why}`,
  hint: 'The arrows choose, Enter opens and Esc closes.',
  groups: {
    places: 'Go to',
    actions: 'Do',
    tpvs: 'TPVs',
    people: 'Customers',
    ids: 'With this id',
    elsewhere: 'Search the text',
  },
  instruction: 'Received message',
  push: 'Sent message',
  texts: {
    instructions: (text) => `“${text}” in what customers write`,
    pushes: (text) => `“${text}” in what they get`,
  },
  views: {
    unanswered: 'Unanswered conversations',
    failed: 'Received messages that failed',
    waiting: 'Received messages that wait',
    unassigned: 'Unassigned customers',
    awaiting: 'TPVs to approve',
    offline: 'Active TPVs that are offline',
    unknown: 'Unconfirmed sent messages',
  },
  commands: {
    newTpv: 'New TPV',
    keys: 'See the keys of the panel',
    theme: 'Change the theme, light or dark',
  },
  commandsAlsoCalled: { newTpv: 'create restaurant', keys: 'shortcuts keyboard help' },
  alsoCalled: {
    overview: 'home alarms figures maintenance',
    inbox: 'chats inbox answer write',
    tpvs: 'restaurants keys hours',
    users: 'people users assign move',
    instructions: 'messages orders instructions presses retry',
    pushes: 'messages notices answers',
    quarantine: 'discard',
    audit: 'log history who',
    settings: 'configuration texts assigning retention cors languages',
    webhook: 'telegram bot repair',
    hubs: 'servers processes database',
    account: 'password sessions second factor users role alarms language',
  },
};
