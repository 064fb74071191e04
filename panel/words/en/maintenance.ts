import type { maintenanceWords as spanish } from '../es/maintenance.ts';
import type { Worded } from '../worded.ts';

/** What is said of times in which nobody is told of alarms. */
export const maintenanceWords: Worded<typeof spanish> = {
  title: 'Maintenance',
  lead: 'While it lasts, nobody gets alarms in Telegram. Those that go on afterwards are told then.',
  leadOfTpv: (name) => `While it lasts, nobody gets the alarms of “${name}” in Telegram.`,
  lasts: 'Lasts',
  durations: {
    30: '30 minutes',
    60: '1 hour',
    120: '2 hours',
    240: '4 hours',
    480: '8 hours',
    1440: '24 hours',
  },
  reason: 'Reason',
  reasonHint: 'Optional; the users of the panel see it.',
  begin: 'Begin',
  begun: 'Maintenance has begun: no alarms are told.',
  all: 'The whole hub',
  from: 'from',
  until: 'until',
  end: 'End',
  endLabel: (what) => `End the maintenance: ${what}`,
  ended: 'Maintenance ended: alarms are told again.',
};
