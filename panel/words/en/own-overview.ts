import type { ownOverviewWords as spanish } from '../es/own-overview.ts';
import type { Worded } from '../worded.ts';

/** What a manager's first page says. */
export const ownOverviewWords: Worded<typeof spanish> = {
  title: 'Overview',
  lead: 'How your restaurants are right now.',
  tpvs: 'Your restaurants',
  waiting: 'Waiting',
  people: 'Customers',
  heartbeat: 'Last signal',
  never: 'Never',
  conversations: 'Conversations',
  unanswered: 'Unanswered',
  none: 'You have no restaurant yet',
  noneText: 'Whoever administers the hub can assign you one.',
};
