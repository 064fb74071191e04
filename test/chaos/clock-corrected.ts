import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { preloadedLibrary } from '../support/preloaded.ts';
import { postgresForChaos, sqliteForChaos } from './chaos-database.ts';
import { cutsOf, type Ledger, ledgerOf, nothingLost } from './ledger.ts';
import { program } from './program.ts';

export interface ClockCorrectedOptions {
  perSecond: number;
  /** How often the clock is set. */
  corrections: number;
  database: 'sqlite' | 'postgres';
}

export interface ClockCorrectedResult extends Ledger {
  corrections: number;
  /** On how many days instructions were made, by the hub's clock. */
  days: number;
  /** How often the TPV's connection ended. */
  cut: number;
  /** Instructions that expired, or failed in another way. */
  failed: number;
  /** Instructions that were handed out again, as if their lease were over. */
  handedOutAgain: number;
}

const DAY_MS = 86_400_000;
/** Days by which the clock is ahead, one after the other: each way, and across the right time. */
const AHEAD_DAYS = [1, 0, -1, 1, -1, 0];
/** Between two corrections; some messages are being worked on for as long. */
const LIFE_MS = 1_500;
const TAKES_WITHIN_MS = 60_000;
const LOOK_MS = 50;

/** Sets the clock of a hub's machine a day ahead and back, again and again, while updates come in. */
export async function clockCorrected(options: ClockCorrectedOptions): Promise<ClockCorrectedResult> {
  const database = options.database === 'postgres' ? await postgresForChaos() : sqliteForChaos();
  const dir = mkdtempSync(join(tmpdir(), 'clock-corrected-'));
  const ahead = join(dir, 'ahead');
  const set = (days: number) => {
    const ms = Buffer.alloc(8);
    ms.writeBigInt64LE(BigInt(days * DAY_MS));
    // In place: the hub has it mapped.
    writeFileSync(ahead, ms, { flag: 'r+' });
  };
  /** By the hub's clock, from half a day before this moment on: it may be about midnight. */
  const day = `(created_at - ${Date.now() - DAY_MS / 2} + 2 * ${DAY_MS}) / ${DAY_MS}`;
  const madeOn = (days: number) => database.count(`select count(*) from instructions where ${day} = ${days + 2}`);
  try {
    writeFileSync(ahead, Buffer.alloc(8));
    const env = { LD_PRELOAD: preloadedLibrary('preloaded-clock', dir), CLOCK_AHEAD: ahead };
    return await ledgerOf(database, { ...options, env, slowMs: LIFE_MS }, async ({ client }) => {
      const cuts = cutsOf(client);
      await pause(LIFE_MS);
      for (let i = 0; i < options.corrections; i++) {
        const days = AHEAD_DAYS[i % AHEAD_DAYS.length] ?? 0;
        const before = await madeOn(days);
        set(days);
        await pause(LIFE_MS);
        await untilMore(() => madeOn(days), before);
      }
      cuts.stop();
      return {
        corrections: options.corrections,
        days: await database.count(`select count(distinct ${day}) from instructions`),
        cut: cuts.count,
        failed: await database.count("select count(*) from instructions where status = 'failed'"),
        handedOutAgain: await database.count('select count(*) from instructions where retry_count > 0'),
      };
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Waits until `count` gives more: a busy machine may take nothing for a while. */
async function untilMore(count: () => Promise<number>, before: number): Promise<void> {
  for (const end = performance.now() + TAKES_WITHIN_MS; (await count()) <= before; await pause(LOOK_MS)) {
    if (performance.now() > end) throw new Error(`The hub took nothing for ${TAKES_WITHIN_MS / 1_000} s.`);
  }
}

export const clockCorrectedProgram = program({
  name: 'clock-corrected',
  options: { corrections: 40, rate: 300, database: ['sqlite', 'postgres'] },
  needs: 'a C compiler',
  says: ({ corrections, rate }) => `Setting the clock a day ahead or back ${corrections} times under ${rate} updates/s`,
  run: ({ corrections, rate, database }) => clockCorrected({ corrections, perSecond: rate, database }),
  held: (result) => nothingLost(result) && result.failed + result.handedOutAgain === 0,
  sums: ({ accepted }) => `${accepted} updates, 0 lost, expired or handed out again, no socket cut`,
});
