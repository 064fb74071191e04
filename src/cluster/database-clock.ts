import { type Clock, systemClock } from '../clock.ts';
import { unreachable } from '../db/postgres/session.ts';
import { openSideConnections } from '../db/postgres/side.ts';
import { DATABASE_NOW } from './membership.ts';

/** How often the database is asked for its time. */
const ASK_MS = 10_000;
/** An answer that takes longer says too little. */
const MOST_ROUND_TRIP_MS = 500;
/** A difference up to this is made up slowly, by this share of the time that passes: no time is seen twice. */
const STEP_MS = 1_000;
const SLEW = 0.01;

export interface DatabaseClock {
  clock: Clock;
  close(): Promise<void>;
}

export interface DatabaseClockOptions {
  /** `postgres://…` */
  url: string;
  onFault(error: unknown): void;
}

/**
 * The database's time, which all hubs that share it go by: carried on by the machine's monotonic clock, and asked for
 * every 10 s. While the database does not answer, it goes on as it was.
 * @throws DatabaseFault where it can't be asked at the start
 */
export async function databaseClock({ url, onFault }: DatabaseClockOptions): Promise<DatabaseClock> {
  const side = openSideConnections(url, 1);
  const ask = async () => {
    const [row] = await side.query<{ now: number }>(`select ${DATABASE_NOW} as now`, []);
    return row?.now ?? Number.NaN;
  };
  const machine = { wall: () => performance.now() + offset, monotonic: () => performance.now() };
  let offset: number;
  try {
    offset = (await measured(ask)).offset;
  } catch (cause) {
    await side.close();
    throw unreachable(cause);
  }
  const look = async () => {
    const { offset: found, roundTripMs } = await measured(ask);
    if (roundTripMs <= MOST_ROUND_TRIP_MS) offset = follow(offset, found);
  };
  const cancel = systemClock().every(ASK_MS, () => void look().catch(onFault));
  return {
    clock: systemClock(machine),
    async close() {
      cancel();
      await side.close();
    },
  };
}

/** What the database's clock is ahead of the monotonic one, with the middle of the round trip for the moment of the answer. */
async function measured(ask: () => Promise<number>): Promise<{ offset: number; roundTripMs: number }> {
  const before = performance.now();
  const now = await ask();
  const roundTripMs = performance.now() - before;
  return { offset: now - before - roundTripMs / 2, roundTripMs };
}

/** The next offset: a clock that was set is followed at once, one that drifts slowly. */
export function follow(offset: number, found: number): number {
  const by = found - offset;
  if (Math.abs(by) > STEP_MS) return found;
  const most = ASK_MS * SLEW;
  return offset + Math.max(-most, Math.min(most, by));
}
