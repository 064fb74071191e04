import { type ErasePorts, endAnswered, goOnErasing } from './erase.ts';
import { type ExportPorts, goOnExporting } from './export.ts';
import { openRequests } from './request-store.ts';

export type RightsPorts = ErasePorts & ExportPorts;

/** Requests that are looked at in one tick, and the pages of all of them. */
const AT_ONCE = 20;
const PAGES_PER_TICK = 60;

/** Goes on with what persons asked for of their data; the timer that calls it ticks once a second. */
export async function goOnWithRights(ports: RightsPorts, now: number): Promise<void> {
  let left = PAGES_PER_TICK;
  for (const request of await ports.db.query(openRequests, { limit: AT_ONCE })) {
    const { telegram_id: telegramId } = request;
    if (telegramId === null || left === 0) continue;
    const one = { ...request, telegram_id: telegramId };
    if (request.kind === 'export') await goOnExporting(ports, one, now);
    else left = await goOnErasing(ports, one, { most: left }, now);
  }
  await endAnswered(ports.db, now);
}
