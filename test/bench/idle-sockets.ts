import { setTimeout as pause } from 'node:timers/promises';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import { TpvSocket } from './tpv-socket.ts';

/** The hub takes 500 upgrades a second; this pause before each stays below that. */
const BETWEEN_MS = 3;
/** Opened first and not counted: what the first ones make a process load and reserve is not what one more costs. */
const FIRST = 500;
/** For what the last upgrades left behind to go. */
const SETTLE_SECONDS = 3;

export interface IdleResult {
  count: number;
  beforeBytes: number;
  afterBytes: number;
}

/**
 * Opens one idle socket per key, and reads the hub's memory before and after; undefined where the system hides it.
 * @param seconds how long each run lasts, which is also the most that the memory gets to settle
 */
export async function openIdleSockets(
  hub: HubUnderLoad,
  keys: readonly string[],
  seconds: number,
): Promise<IdleResult | undefined> {
  const sockets: TpvSocket[] = [];
  const open = async (some: readonly string[]) => {
    for (const key of some) {
      await pause(BETWEEN_MS);
      sockets.push(await TpvSocket.open(hub.url, key));
    }
    await pause(Math.min(seconds, SETTLE_SECONDS) * 1_000);
  };
  const first = Math.min(FIRST, Math.floor(keys.length / 2));
  try {
    await open(keys.slice(0, first));
    const beforeBytes = hub.rssBytes;
    await open(keys.slice(first));
    const afterBytes = hub.rssBytes;
    if (beforeBytes === undefined || afterBytes === undefined) return undefined;
    return { count: keys.length - first, beforeBytes, afterBytes };
  } finally {
    for (const socket of sockets) socket.close();
  }
}
