import { type ErasePorts, endAnswered, goOnErasing } from './erase.ts';
import { NotesFault } from './erasure-notes.ts';
import { type ExportPorts, goOnExporting } from './export.ts';
import { openRequests, type PersonRequest, type RequestPlace, type WaitingPlace } from './request-store.ts';

export type RightsPorts = ErasePorts &
  ExportPorts & {
    /** For so long an erasure that waits for nothing else stays open, so that other hubs note it too; 0: there are none. */
    notedByAllMs: number;
  };

/** Requests of one tick, the pages of all of them together, and what a document counts for, in pages. */
const AT_ONCE = 100;
const PAGES_PER_TICK = 60;
const PAGES_OF_EXPORT = 10;
const BEGINNING: RequestPlace = { telegramId: -1, kind: 'erasure' };

/**
 * Makes the work of a tick, once a second: it goes on with what people asked for of their data. Each tick begins behind
 * the request where the tick before ended, and after the last request with the first again: no request waits for one that is
 * long, fails, or waits for Telegram.
 */
export function rightsWork(ports: RightsPorts): (now: number) => Promise<void> {
  let place: RequestPlace | undefined;
  let waiting: WaitingPlace | undefined;
  /** Since when erasures wait for TPVs, as the last walk through all of them, and the one under way, know it. */
  let waitingSince = new Map<string, number>();
  let walk = new Map<string, number>();

  const goOn = async (request: PersonRequest, left: number, now: number): Promise<number> => {
    const { telegram_id: telegramId } = request;
    if (telegramId === null) return left;
    const one = { ...request, telegram_id: telegramId };
    if (request.kind === 'erasure') return goOnErasing(ports, one, { most: left }, now);
    await goOnExporting(ports, one, now);
    return left - PAGES_OF_EXPORT;
  };

  const isNotedByAll = (id: string, now: number): boolean => {
    const since = waitingSince.get(id) ?? now;
    walk.set(id, since);
    return now - since >= ports.notedByAllMs;
  };

  return async (now) => {
    const page = await ports.db.query(openRequests, { ...(place ?? BEGINNING), limit: AT_ONCE });
    const faults: unknown[] = [];
    let left = PAGES_PER_TICK;
    place = undefined;
    for (const [i, request] of page.entries()) {
      try {
        left = await goOn(request, left, now);
      } catch (fault) {
        faults.push(fault);
        left--;
      }
      if (left > 0 && (i < page.length - 1 || page.length < AT_ONCE)) continue;
      place = { telegramId: request.telegram_id ?? 0, kind: request.kind };
      break;
    }
    waiting = await endAnswered(ports.db, waiting, now, (id) => isNotedByAll(id, now));
    if (waiting === undefined) {
      waitingSince = walk;
      walk = new Map();
    }
    // Of the notes the log tells by itself, and one of them must not hide another.
    if (faults.length > 0) throw faults.find((fault) => !(fault instanceof NotesFault)) ?? faults[0];
  };
}
