import type { hubsWords as spanish } from '../es/hubs.ts';
import type { Worded } from '../worded.ts';

/** What the page of the hubs says. */
export const hubsWords: Worded<typeof spanish> = {
  title: 'Hubs',
  lead: 'The processes that share this database. If one falls, the others go on with its work within seconds.',
  columns: {
    name: 'Hub',
    state: 'State',
    sockets: 'Connected TPVs',
    leads: 'Does for all',
    lag: 'Last signal',
    since: 'Since',
  },
  states: { up: 'Running', draining: 'Closing', silent: 'No signal' },
  leads: { chores: 'Background work', telegram: 'Sending to Telegram' },
  leadsNothing: 'nothing',
  isThis: 'This panel',
  ago: (time) => `${time} ago`,
  onlyOne:
    'There is only one hub: if it stops, nobody is attended until it is back. Start another with the same database.',
  nobodyLeads:
    'No hub does the background work or the sending to Telegram. If it lasts for more than some seconds, look at each hub’s log.',
  configured: (variables) => `Not all are configured alike: ${variables}. Set the same in each hub and start it again.`,
  differ: 'Not all have the same version. That is usual while they are upgraded, one by one.',
  none: {
    title: 'This hub is alone',
    text: 'With PostgreSQL several can work at once on the same database.',
  },
};
