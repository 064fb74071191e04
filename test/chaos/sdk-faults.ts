import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { FAULTS, type Fault, FaultyProxy } from './faulty-proxy.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';
import { JAVASCRIPT_TPV, TpvProcess, type TpvProgram } from './tpv-process.ts';
import { OPEN_INSTRUCTIONS, untilNone } from './until-none.ts';

export interface SdkFaultsOptions {
  faults: number;
  /** At least so many; faults and instructions go on until there were enough of both. */
  instructions: number;
  perSecond: number;
  users: number;
  /** Default: the one on the JavaScript client. It gets the hub's URL, its key and its folder as arguments. */
  tpv?: TpvProgram;
  /** Whether half of the cuts are waited for, and measured. */
  measures?: boolean;
}

/** What the ledger of handler effects says after the last fault. */
export interface SdkFaultsResult {
  faults: Record<Fault | 'kill_hub' | 'kill_tpv', number>;
  instructions: number;
  /** Effects that never were. */
  missing: number;
  /** Effects that were there twice. */
  doubled: number;
  /** Effects of one person in another order than the messages were written. */
  outOfOrder: number;
  /** Handlers that began a second time and were not told that the first time was interrupted. */
  begunAgainUntold: number;
  /** Handlers that began again after a kill in the middle, and were told. */
  interrupted: number;
  /** Rows that did not end `completed`, with the handler's own response. */
  badlyEnded: number;
  sessions: { websocket: number; polling: number };
  /** From a cut to the next session, in milliseconds: half of those measured took no longer; 0: none was. */
  medianBackMs: number;
  /** Why the TPV's client gave up, where it did; its process was then started again. */
  endings: string[];
}

const LEAST_GAP_MS = 40;
/** A TPV that did not come by then is not waited for: the ledger will tell. */
const COMES_WITHIN_MS = 60_000;
/** A cut after which none came by then is not measured. */
const BACK_WITHIN_MS = 10_000;
const LARGEST_GAP_MS = 400;
const LOOK_MS = 5;
const LONGEST_FAULT_MS = 1_500;

/** Faults in their proportions: the network's are frequent, and each process is killed now and then. */
const MENU: readonly (Fault | 'kill_hub' | 'kill_tpv')[] = [...FAULTS, ...FAULTS, 'kill_hub', 'kill_tpv', 'kill_tpv'];

/**
 * A TPV on a client of ours, with a file memory, behind a proxy that cuts, halves and stalls, refuses connections and strips
 * upgrades; hub and TPV are killed along the way. Then compares what Telegram was told with the TPV's ledger.
 */
export async function sdkFaults(options: SdkFaultsOptions): Promise<SdkFaultsResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-faults-'));
  const file = join(folder, 'hub.db');
  const hub = await madeUpHub({ DATABASE_URL: `sqlite:${file}` });
  const faults = { cut: 0, truncate: 0, stall: 0, refuse: 0, strip: 0, kill_hub: 0, kill_tpv: 0 };
  const backMs: number[] = [];
  let proxy: FaultyProxy | undefined;
  let tpv: TpvProcess | undefined;
  const telegram = new TelegramSide({ ...options, url: hub.url.origin, secret: SECRET });
  try {
    await hub.start();
    proxy = await FaultyProxy.start(hub.url.origin);
    const { args, ...program } = options.tpv ?? JAVASCRIPT_TPV;
    const access = [proxy.url, await register(hub.url.origin, 'TPV'), folder];
    tpv = new TpvProcess({ ...program, args: [...args, ...access] });
    tpv.start();
    // On a busy machine the faults would be over before it came.
    await comes(tpv, 0, COMES_WITHIN_MS);
    telegram.start();
    for (let made = 0; made < options.faults || telegram.posted < options.instructions; made++) {
      await pause(LEAST_GAP_MS + Math.random() * (LARGEST_GAP_MS - LEAST_GAP_MS));
      // Each kind once, then by chance: a short form has all of them too.
      const fault = (made < MENU.length ? MENU[made] : MENU[Math.floor(Math.random() * MENU.length)]) ?? 'cut';
      if (made >= options.faults) continue;
      faults[fault]++;
      if (fault === 'kill_tpv') await tpv.kill();
      else if (fault === 'kill_hub') {
        await hub.end('SIGKILL');
        await hub.start();
      } else if (options.measures === true && fault === 'cut' && Math.random() < 0.5) {
        // Measured, without another fault meanwhile; the other half of them is left to what comes.
        const [before, cutAt] = [sessionsOf(tpv), performance.now()];
        proxy.make('cut', 0);
        // One that polls loses nothing between two polls, and begins no session.
        if (await comes(tpv, before, BACK_WITHIN_MS)) backMs.push(performance.now() - cutAt);
      } else proxy.make(fault, Math.random() * LONGEST_FAULT_MS);
    }
    proxy.heal();
    await telegram.stop();
    await untilNone(file, OPEN_INSTRUCTIONS);
    await tpv.stop('SIGTERM');
    await hub.end();
    const updates = telegram.accepted();
    return {
      faults,
      instructions: updates.length,
      ...readLedger(join(folder, 'ledger'), updates),
      badlyEnded: countBadlyEnded(file),
      sessions: tpv.sessions,
      medianBackMs: Math.round(backMs.toSorted((a, b) => a - b)[Math.floor(backMs.length / 2)] ?? 0),
      endings: tpv.endings,
    };
  } finally {
    telegram.end();
    await tpv?.stop('SIGKILL');
    await hub.end('SIGKILL');
    proxy?.close();
    if (process.env.CHAOS_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    else console.log(`kept: ${folder}`);
  }
}

function sessionsOf({ sessions }: TpvProcess): number {
  return sessions.websocket + sessions.polling;
}

/** Whether it begins more sessions than these within this time; resolves as soon as it does. */
async function comes(tpv: TpvProcess, before: number, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (sessionsOf(tpv) <= before && performance.now() < end) await pause(LOOK_MS);
  return sessionsOf(tpv) > before;
}

function readLedger(path: string, updates: readonly number[]) {
  const effects = new Map<number, number>();
  const begun = new Set<number>();
  const lastOfUser = new Map<string, number>();
  const figures = { missing: 0, doubled: 0, outOfOrder: 0, begunAgainUntold: 0, interrupted: 0 };
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [kind, text = '', user = '', note] = line.split(' ');
    const update = Number(text);
    if (kind === 'b') {
      if (note === 'interrupted') figures.interrupted++;
      else if (begun.has(update)) figures.begunAgainUntold++;
      begun.add(update);
    }
    if (kind !== 'e') continue;
    effects.set(update, (effects.get(update) ?? 0) + 1);
    if (update < (lastOfUser.get(user) ?? 0)) figures.outOfOrder++;
    lastOfUser.set(user, update);
  }
  figures.missing = updates.filter((update) => !effects.has(update)).length;
  figures.doubled = [...effects.values()].filter((count) => count > 1).length;
  return figures;
}

function countBadlyEnded(file: string): number {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    const text =
      "select count(*) from instructions where status <> 'completed' or response <> json_object('update', update_id)";
    return Number(db.prepare(text).pluck().get());
  } finally {
    db.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether everything was done once and in its order. */
export function allDone({ missing, doubled, outOfOrder, begunAgainUntold, badlyEnded }: SdkFaultsResult): boolean {
  return missing + doubled + outOfOrder + begunAgainUntold + badlyEnded === 0;
}

/** The figures that matter. */
export function sumOf({ faults, instructions }: SdkFaultsResult): string {
  const made = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return `${made} faults, ${instructions} instructions, each done once and in order`;
}

export const sdkFaultsProgram = program({
  name: 'sdk-faults',
  options: { faults: 500, instructions: 5_000 },
  says: ({ faults, instructions }) => `Disturbing a TPV on the SDK ${faults} times over ${instructions} instructions`,
  run: ({ faults, instructions }) => sdkFaults({ faults, instructions, perSecond: 50, users: 20 }),
  held: allDone,
  sums: sumOf,
});
