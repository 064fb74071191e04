import { computed } from '@preact/signals';
import type { Overview } from '../src/admin/schemas/overview.ts';
import type { Session } from '../src/admin/schemas/session.ts';
import type { IconName } from './icons.ts';
import { seesAll, session } from './session.ts';
import { frameWords } from './words/frame.ts';

export type Section = keyof typeof frameWords.sections;

/** A place that the navigation leads to. */
export interface Destination {
  id: Section;
  href: string;
  icon: IconName;
  /** On a phone it has a place in the bar at the bottom; the others are under "more". */
  bar?: boolean;
  /** A manager has it too, for their own TPVs. */
  own?: boolean;
  /** How much there waits for somebody. */
  pending?: (overview: Overview) => number;
  /** False: there is nothing to see on this hub; absent: it is always there. */
  exists?: (session: Session) => boolean;
}

const DESTINATIONS: readonly Destination[] = [
  { id: 'overview', href: '/admin/', icon: 'home', bar: true, own: true },
  { id: 'inbox', href: '/admin/conversaciones', icon: 'chats', bar: true, own: true },
  { id: 'tpvs', href: '/admin/tpvs', icon: 'tpv', bar: true, own: true, pending: ({ tpvs }) => tpvs.awaiting },
  {
    id: 'users',
    href: '/admin/personas',
    icon: 'people',
    bar: true,
    own: true,
    pending: ({ users }) => users.unassigned,
  },
  { id: 'instructions', href: '/admin/instrucciones', icon: 'list', own: true },
  { id: 'pushes', href: '/admin/mensajes', icon: 'message', own: true, pending: ({ push }) => push.unknown },
  { id: 'quarantine', href: '/admin/cuarentena', icon: 'shield', pending: quarantined },
  { id: 'audit', href: '/admin/auditoria', icon: 'history' },
  { id: 'settings', href: '/admin/ajustes', icon: 'settings' },
  { id: 'webhook', href: '/admin/webhook', icon: 'plug', pending: ({ webhook }) => webhook.problems.length },
  { id: 'hubs', href: '/admin/hubs', icon: 'server', exists: (session) => session.shares_database },
  { id: 'account', href: '/admin/cuenta', icon: 'user', own: true },
];

/** Where who is logged in can go, in the order of the navigation. */
export const destinations = computed(() => {
  const here = session.value;
  return DESTINATIONS.filter(
    ({ exists, own = false }) => (own || seesAll.value) && (exists === undefined || (here != null && exists(here))),
  );
});

function quarantined({ alarms }: Overview): number {
  return alarms.find(({ code }) => code === 'quarantine_not_empty')?.count ?? 0;
}

/** What the navigation calls a place. */
export function sectionName(section: Section): string {
  return frameWords.sections[section];
}
