import type { inboxWords as spanish } from '../es/inbox.ts';
import type { Worded } from '../worded.ts';

/** What the inbox says. */
export const inboxWords: Worded<typeof spanish> = {
  title: 'Conversations',
  search: 'Find a customer',
  label: 'List of conversations',
  views: {
    label: 'Views of conversations',
    all: 'All',
    unanswered: 'Unanswered',
    waiting: 'Waiting',
    failed: 'Failed',
    unassigned: 'Unassigned',
  },
  states: {
    waiting: 'Waiting',
    failed: 'Failed',
    unanswered: 'Unanswered',
    answered: '',
  },
  from: { person: '', tpv: 'TPV', operator: 'Operator' },
  pressed: (button) => `Pressed “${button}”`,
  unread: 'unread',
  readAll: 'Mark everything as read',
  readAllDone: 'Everything is read.',
  readAllFailed: 'It could not be marked as read: try again.',
  back: 'Conversations',
  person: 'Profile',
  conversation: 'Conversation',
  page: 'Whole profile',
  choose: {
    title: 'Choose a conversation',
    text: 'The arrows move through the list, Enter opens, and R answers.',
  },
  empty: {
    title: 'Nobody has written yet',
    text: 'Hand out the link or the QR code of a TPV: what people write appears here.',
    action: 'Go to the TPVs',
    filteredTitle: 'No conversation matches',
    filteredText: 'Try another view, or take a filter away.',
    showAll: 'See all',
  },
  tpv: { title: 'TPV', service: 'Service', none: 'Nobody attends this customer.' },
};
