import { setTimeout as pause } from 'node:timers/promises';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import type { FaultyProxy } from './faulty-proxy.ts';

/** How often each of them comes. */
export interface ClusterFaults {
  /** A hub is killed, and started again. */
  kills: number;
  /** A hub stands still, for 1 s to `longestSeconds`, and goes on as if nothing had happened. */
  pauses: number;
  /** A hub alone has no database for as long: its connections are cut, or nothing comes over them any more. */
  cuts: number;
  /** The connections over which hubs hear hints are cut. */
  deaf: number;
  /** The database's processes are ended at once, and started again. */
  restarts: number;
}

/** A hub, and what stands between it and the database. */
export interface FaultyHub {
  hub: HubUnderLoad;
  proxy: FaultyProxy | undefined;
}

export interface FaultyDatabase {
  crash(): Promise<void>;
  deafen(): Promise<unknown>;
}

/** All hubs are there for so long between two faults, and at most three times as long. */
const LEAST_PEACE_MS = 400;
const SHORTEST_MS = 1_000;

/** Makes the faults one after the other, in any order; each is over, and its hub ready, before the next one comes. */
export async function makeClusterFaults(
  faults: ClusterFaults,
  hubs: readonly FaultyHub[],
  database: FaultyDatabase,
  longestMs: number,
): Promise<void> {
  const lasting = () => SHORTEST_MS + Math.random() * Math.max(0, longestMs - SHORTEST_MS);
  const make: Record<keyof ClusterFaults, (one: FaultyHub) => Promise<unknown>> = {
    async kills({ hub }) {
      await hub.end('SIGKILL');
      await hub.start();
    },
    async pauses({ hub }) {
      hub.signal('SIGSTOP');
      await pause(lasting());
      hub.signal('SIGCONT');
      await hub.untilReady();
    },
    async cuts({ hub, proxy }) {
      const ms = lasting();
      proxy?.make(Math.random() < 0.5 ? 'refuse' : 'stall', ms);
      await pause(ms);
      await hub.untilReady();
    },
    deaf: () => database.deafen(),
    async restarts() {
      await database.crash();
      await Promise.all(hubs.map(({ hub }) => hub.untilReady()));
    },
  };
  for (const kind of shuffled(faults)) {
    await pause(LEAST_PEACE_MS * (1 + 2 * Math.random()));
    const one = hubs[Math.floor(Math.random() * hubs.length)];
    if (one !== undefined) await make[kind](one);
  }
}

function shuffled(faults: ClusterFaults): (keyof ClusterFaults)[] {
  const kinds: (keyof ClusterFaults)[] = ['kills', 'pauses', 'cuts', 'deaf', 'restarts'];
  return kinds
    .flatMap((kind) => Array.from({ length: faults[kind] }, () => ({ kind, order: Math.random() })))
    .sort((a, b) => a.order - b.order)
    .map(({ kind }) => kind);
}
