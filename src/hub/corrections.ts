import { z } from 'zod';
import { correctSessions } from '../administrators/administrator-session.ts';
import { correctSetup } from '../administrators/first-account.ts';
import { correctLinks } from '../administrators/telegram-link.ts';
import { correctTickets } from '../administrators/ticket.ts';
import { correctAlarms } from '../alarms/alarm-store.ts';
import { correctButtons } from '../buttons/correct-buttons.ts';
import { type Cancel, type Clock, type Correction, pause } from '../clock.ts';
import { BULK, type Database, type Transact } from '../db/open.ts';
import { storedValue, storeValue } from '../db/stored-value.ts';
import { HubError } from '../errors.ts';
import { correctInstructions } from '../instructions/correct-instructions.ts';
import type { DeliverySettings } from '../instructions/instruction.ts';
import type { Logger } from '../log/log.ts';
import { correctPushes } from '../push/correct-pushes.ts';
import { correctKeys } from '../tpvs/keys.ts';
import { correctPresence } from '../tpvs/presence/rows.ts';
import { correctServices } from '../tpvs/service/sweep-services.ts';

export interface CorrectionPorts {
  db: Database;
  clock: Clock;
  log: Logger;
  limits: Pick<DeliverySettings, 'sentLeaseMs' | 'processingLeaseMs'>;
}

/** What is known of the machine's clock. */
export interface Corrections {
  /** Stored times are being put right: what deletes and expires rows by their age waits. */
  readonly underWay: boolean;
  /**
   * By how much the clock was set ahead within the last `withinMs`: what seems to be so much older than it is must not
   * be deleted for its age.
   */
  aheadMs(withinMs: number): number;
  /** Listens no more; resolves when the correction under way is over. */
  stop(): Promise<void>;
}

/**
 * Where several hubs share the database: one machine's clock, or one process that stood still, must not move the times of
 * all. Their machines follow one time server.
 */
export const NO_CORRECTIONS: Corrections = { underWay: false, aheadMs: () => 0, async stop() {} };

const KEY = 'clock';
/** Differences below this come from reading two clocks one after the other, and from a clock that is moved slowly. */
const LEAST_MS = 1_000;
const TRY_AGAIN_MS = 1_000;
/** As many corrections are remembered. */
const MOST_KEPT = 100;

const kept = z.object({
  /** The machine's clock less its uptime, as it was last; undefined where the machine does not tell. */
  boot: z.string().optional(),
  offset_ms: z.number().optional(),
  corrections: z.array(z.object({ at: z.number(), by_ms: z.number() })),
});
type Kept = z.infer<typeof kept>;

/**
 * Follows corrections of the machine's clock, while the hub runs and since it ran last (within one start of the
 * machine: its uptime tells how much time really passed), and puts every stored time right.
 */
export async function startCorrections(ports: CorrectionPorts): Promise<Corrections> {
  const { db, clock, log } = ports;
  const state: Kept = await read(db);
  const over = new AbortController();
  let underWay = 0;
  /** What is under way counts from its first moment on. */
  let aheadMs = 0;
  let last: Promise<void> = Promise.resolve();

  const remember = async (transact: Transact, byMs: number) => {
    const now = clock.now();
    if (byMs !== 0) {
      // One that seems to lie ahead was made by a clock that has been set back since.
      const before = state.corrections.map(({ at, by_ms }) => ({ at: Math.min(at, now), by_ms }));
      state.corrections = [...before, { at: now, by_ms: byMs }].slice(-MOST_KEPT);
    }
    const uptime = clock.uptime();
    state.boot = uptime?.boot;
    state.offset_ms = uptime && now - uptime.ms;
    await transact((tx) => tx.run(storeValue, { key: KEY, value: JSON.stringify(state) }));
  };

  const apply = async (transact: Transact, byMs: number) => {
    const correction: Correction = { byMs, now: clock.now() };
    const inPieces: Transact = (fn) => transact(fn, BULK);
    const through = { ...db, transact: inPieces };
    if (byMs !== 0)
      log.warn(
        { by_ms: byMs },
        'the machine’s clock was corrected, or the hub stood still: stored times are put right',
      );
    // What a request looks at first: it must not find a login or a key expired meanwhile.
    await transact(async (tx) => {
      await correctSessions(tx, correction);
      await correctKeys(tx, correction);
      await correctSetup(tx, correction);
      await correctLinks(tx, correction);
      await correctTickets(tx, correction);
      await correctPresence(tx, correction);
      await correctServices(tx, correction);
      await correctAlarms(tx, correction);
    });
    await correctInstructions(through, ports.limits, correction);
    await correctPushes(through, correction);
    await correctButtons(through, correction);
    // Last: a process that is killed before does it again at its next start.
    await remember(transact, byMs);
  };

  /** While the hub runs, the database may be away: nothing expires until it is back. */
  const patiently: Transact = async (fn, options) => {
    for (;;) {
      over.signal.throwIfAborted();
      try {
        return await db.transact(fn, options);
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        await pause(clock, TRY_AGAIN_MS, over.signal);
      }
    }
  };

  const leave: Cancel = clock.onCorrected((byMs) => {
    underWay++;
    aheadMs += Math.max(0, byMs);
    last = last
      .then(() => apply(patiently, byMs))
      .catch((err) => {
        if (!over.signal.aborted) log.error({ err }, 'could not put stored times right; the next start tries again');
      })
      .finally(() => {
        underWay--;
        aheadMs -= Math.max(0, byMs);
      });
  });

  try {
    await apply(db.transact, missedBy(state, clock));
  } catch (error) {
    leave();
    throw error;
  }
  return {
    get underWay() {
      return underWay > 0;
    },
    aheadMs(withinMs) {
      const since = clock.now() - withinMs;
      const recent = state.corrections.filter(({ at }) => at > since);
      return Math.max(
        0,
        recent.reduce((sum, { by_ms }) => sum + by_ms, aheadMs),
      );
    },
    async stop() {
      leave();
      over.abort();
      await last;
    },
  };
}

/** By how much the clock was corrected since the last process of this machine's start looked; 0 where that is unknown. */
function missedBy(state: Kept, clock: Clock): number {
  const uptime = clock.uptime();
  if (uptime === undefined || uptime.boot !== state.boot || state.offset_ms === undefined) return 0;
  const byMs = Math.round(clock.now() - uptime.ms - state.offset_ms);
  return Math.abs(byMs) < LEAST_MS ? 0 : byMs;
}

async function read(db: Database): Promise<Kept> {
  const [row] = await db.query(storedValue, { key: KEY });
  return row === undefined ? { corrections: [] } : kept.parse(JSON.parse(row.value));
}
