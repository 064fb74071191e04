import type { pushesWords as spanish } from '../es/pushes.ts';
import type { Worded } from '../worded.ts';

/** What the list of messages to people says. */
export const pushesWords: Worded<typeof spanish> = {
  title: 'Sent',
  lead: 'The messages that TPVs, the hub and operators send to customers in Telegram.',
  filters: {
    text: 'Text of the message',
    status: 'State',
    tpv: 'TPV',
    person: 'Telegram id',
    from: 'From',
    to: 'Until',
  },
  views: {
    label: 'Views of sent messages',
    all: 'All',
    pending: 'To be sent',
    unknown: 'Unconfirmed',
    failed: 'Failed',
  },
  columns: {
    text: 'Message',
    status: 'State',
    person: 'To',
    tpv: 'From',
    created: 'Created',
    error: 'Error',
    attempts: 'Attempts',
  },
  hub: 'The hub',
  operator: 'An operator',
  noError: '—',
  kinds: { text: 'Text', photo: 'Photo', document: 'Document', location: 'Location' },
  rowName: (excerpt, person) => `“${excerpt}” for ${person}`,
  empty: {
    title: 'No message has been sent yet',
    text: 'Once a restaurant answers somebody, the message appears here. You can also write to a customer from their page.',
    action: 'Go to the customers',
    unknownTitle: 'No unconfirmed messages',
    unknownText: 'Of all of them it is known whether they arrived.',
    filteredTitle: 'No message matches',
    filteredText: 'Widen the dates or take a filter away.',
    showAll: 'See all',
  },
};
