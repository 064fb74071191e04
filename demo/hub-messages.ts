import type { EventOf } from '../src/events.ts';

/** What a hub in a process of its own tells the demo. */
export const TOLD = ['instruction.reported', 'push.settled', 'tpv.available', 'tpv.offline'] as const;

/** `ready`: it listens. */
export type HubMessage = 'ready' | EventOf<(typeof TOLD)[number]>;
