import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import { sqliteForChaos } from './chaos-database.ts';
import { cutsOf, type DisturbedHub, type Ledger, ledgerOf, nothingLost } from './ledger.ts';
import { postgresFaults } from './postgres-faults.ts';
import { problemsOf, problemsOnce } from './problems.ts';
import { program } from './program.ts';

export interface DatabaseFaultsOptions {
  perSecond: number;
  /** For how long another process holds the lock for writing. */
  lockSeconds: number;
}

/** What the ledger says after the last fault. */
export interface DatabaseFaultsResult extends Ledger {
  /** How often the TPV's connection ended while the hub only waited for the lock. */
  cut: number;
  /** The longest that `/healthz` took meanwhile, in milliseconds. */
  slowestHealthMs: number;
  /** What `/readyz` named in each fault. */
  named: { locked: string[]; deleted: string[]; replaced: string[] };
}

const ROOT = join(import.meta.dirname, '../..');
const LIFE_MS = 1_000;
const LOOK_MS = 20;
/** For how long PostgreSQL lets nobody in. */
const GONE_SECONDS = 10;

/**
 * Takes the database from under a hub in each way that an operator's hand does, while updates come in: another process
 * holds its lock, its file is deleted, another file is put in its place. After the last two it does what
 * docs/operating.md tells the operator. What got 200 has to be there in the end.
 */
export function databaseFaults(options: DatabaseFaultsOptions): Promise<DatabaseFaultsResult> {
  const database = sqliteForChaos();
  const { file } = database;
  return ledgerOf(database, options, async (disturbed) => {
    const { hub } = disturbed;
    await pause(LIFE_MS);
    const { named: locked, ...whileLocked } = await lock(disturbed, file, options.lockSeconds);
    await pause(LIFE_MS);

    const deleted = await lose(hub, file, () => rmSync(file));
    await restore(hub, file);
    await pause(LIFE_MS);

    const other = join(dirname(file), 'other.db');
    copyFileSync(file, other);
    const replaced = await lose(hub, file, () => renameSync(other, file));
    await restore(hub, file);
    await pause(LIFE_MS);
    return { ...whileLocked, named: { locked, deleted, replaced } };
  });
}

/** Holds the lock for writing, as a program that copies or changes the file does. */
async function lock({ hub, client }: DisturbedHub, file: string, seconds: number) {
  const cuts = cutsOf(client);
  const other = new SqliteDatabase(file);
  other.exec('begin immediate');
  const named = new Set<string>();
  let slowestHealthMs = 0;
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; await pause(LOOK_MS)) {
    const askedAt = performance.now();
    await (await fetch(new URL('/healthz', hub.url))).text();
    slowestHealthMs = Math.max(slowestHealthMs, performance.now() - askedAt);
    for (const code of await problemsOf(hub)) named.add(code);
  }
  // On a busy machine a write comes late to the lock that it then waits for.
  if (!named.has('database_locked')) await problemsOnce(hub, (problems) => problems.includes('database_locked'));
  named.add('database_locked');
  other.exec('rollback');
  other.close();
  cuts.stop();
  return { cut: cuts.count, slowestHealthMs: Math.round(slowestHealthMs), named: [...named] };
}

/** Takes the file away, and waits until the hub has saved what it still holds. */
async function lose(hub: HubUnderLoad, file: string, take: () => void): Promise<string[]> {
  take();
  return problemsOnce(hub, (problems) => problems.includes('database_lost') && savedOf(file).length > 0);
}

/** What a hub saves of a database whose file is gone. */
function savedOf(file: string): string[] {
  return globSync(`${file}.saved-*Z`);
}

/** As docs/operating.md says: the hub is stopped, what it saved is restored, the hub starts. */
async function restore(hub: HubUnderLoad, file: string): Promise<void> {
  await hub.end();
  const [saved = ''] = savedOf(file);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['src/process/launch.cjs', 'src/cli/main.ts', 'restore', saved],
    { cwd: ROOT, env: { PATH: process.env.PATH, DATABASE_URL: `sqlite:${file}` }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Restoring ended with ${status}: ${stderr}`);
  rmSync(saved);
  await hub.start();
}

export const databaseFaultsProgram = program({
  name: 'database-faults',
  options: { 'lock-seconds': 60, rate: 300, database: ['sqlite', 'postgres'] },
  says: ({ 'lock-seconds': seconds, rate }) =>
    `Locking the database for ${seconds} s and taking it away under ${rate} updates/s`,
  run: async ({ 'lock-seconds': lockSeconds, rate: perSecond, database }): Promise<Ledger & { cut: number }> =>
    database === 'postgres'
      ? postgresFaults({ perSecond, lockSeconds, goneSeconds: GONE_SECONDS })
      : databaseFaults({ perSecond, lockSeconds }),
  held: nothingLost,
  sums: ({ accepted }) => `${accepted} updates, 0 lost, no socket cut`,
});
