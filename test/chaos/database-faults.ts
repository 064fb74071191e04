import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { HubClient } from '#hub-client';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import { cutsOf, type Ledger, updatesSeenBy } from './ledger.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';
import { OPEN_INSTRUCTIONS, untilNone } from './until-none.ts';

export interface DatabaseFaultsOptions {
  perSecond: number;
  /** For how long another process holds the lock for writing. */
  lockSeconds: number;
}

/** What the ledger says after the last fault. */
export interface DatabaseFaultsResult extends Ledger {
  /** The longest that `/healthz` took meanwhile, in milliseconds. */
  slowestHealthMs: number;
  /** What `/readyz` named in each fault. */
  named: { locked: string[]; deleted: string[]; replaced: string[] };
}

const ROOT = join(import.meta.dirname, '../..');
const LIFE_MS = 1_000;
const LOOK_MS = 20;
/** A hub that has not noticed by then does not. */
const NOTICED_WITHIN_MS = 30_000;

/**
 * Takes the database from under a hub in each way that an operator's hand does, while updates come in: another process
 * holds its lock, its file is deleted, another file is put in its place. After the last two it does what
 * docs/operating.md tells the operator. What got 200 has to be there in the end.
 */
export async function databaseFaults(options: DatabaseFaultsOptions): Promise<DatabaseFaultsResult> {
  const dir = mkdtempSync(join(tmpdir(), 'database-faults-'));
  const data = join(dir, 'data');
  const file = join(data, 'hub.db');
  mkdirSync(data);
  const env = { DATABASE_URL: `sqlite:${file}` };
  const hub = await madeUpHub(env);
  const telegram = new TelegramSide({ url: hub.url.origin, secret: SECRET, perSecond: options.perSecond, users: 100 });
  let client: HubClient | undefined;
  try {
    await hub.start();
    client = new HubClient({ url: hub.url.origin, apiKey: await register(hub.url.origin, 'TPV') });
    const seen = updatesSeenBy(client);
    await client.connect();
    telegram.start();
    await pause(LIFE_MS);
    const locked = await lock(hub, client, file, options.lockSeconds);
    await pause(LIFE_MS);

    const deleted = await lose(hub, file, () => rmSync(file));
    await restore(hub, env, data);
    await pause(LIFE_MS);

    const other = join(dir, 'other.db');
    copyFileSync(file, other);
    const replaced = await lose(hub, file, () => renameSync(other, file));
    await restore(hub, env, data);
    await pause(LIFE_MS);

    await telegram.stop();
    await untilNone(file, OPEN_INSTRUCTIONS);
    await client.close();
    await hub.end();
    const accepted = telegram.accepted();
    const { rows, doubledRows } = examine(file);
    return {
      accepted: accepted.length,
      lost: accepted.filter((id) => !rows.has(id)).length,
      unseen: accepted.filter((id) => !seen.has(id)).length,
      doubledRows,
      strangeAnswers: telegram.strange,
      cut: locked.cut,
      slowestHealthMs: locked.slowestHealthMs,
      named: { locked: locked.named, deleted, replaced },
    };
  } finally {
    telegram.end();
    await client?.close({ deadlineMs: 0 });
    await hub.end('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Holds the lock for writing, as a program that copies or changes the file does. */
async function lock(hub: HubUnderLoad, client: HubClient, file: string, seconds: number) {
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
  other.exec('rollback');
  other.close();
  cuts.stop();
  return { cut: cuts.count, slowestHealthMs: Math.round(slowestHealthMs), named: [...named] };
}

/** Takes the file away, and waits until the hub has saved what it still holds. */
async function lose(hub: HubUnderLoad, file: string, take: () => void): Promise<string[]> {
  take();
  for (const end = performance.now() + NOTICED_WITHIN_MS; performance.now() < end; await pause(LOOK_MS)) {
    const problems = await problemsOf(hub);
    if (problems.includes('database_lost') && globSync(`${file}.saved-*Z`).length > 0) return problems;
  }
  throw new Error(`The hub did not notice within ${NOTICED_WITHIN_MS / 1_000} s that its file was taken.`);
}

/** As docs/operating.md says: the hub is stopped, what it saved is restored, the hub starts. */
async function restore(hub: HubUnderLoad, env: Record<string, string>, data: string): Promise<void> {
  await hub.end();
  const [saved = ''] = globSync('*.saved-*Z', { cwd: data });
  const { status, stderr } = spawnSync(
    process.execPath,
    ['src/process/launch.cjs', 'src/cli/main.ts', 'restore', join(data, saved)],
    { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Restoring ended with ${status}: ${stderr}`);
  rmSync(join(data, saved));
  await hub.start();
}

async function problemsOf(hub: HubUnderLoad): Promise<string[]> {
  const answer = await fetch(new URL('/readyz', hub.url));
  // As docs/rest.md describes it.
  const { problems } = (await answer.json()) as { problems: { code: string }[] };
  return problems.map(({ code }) => code);
}

function examine(file: string): { rows: Set<number>; doubledRows: number } {
  const db = new SqliteDatabase(file, { readonly: true });
  const ids = db.prepare<[], number>('select update_id from instructions where update_id is not null').pluck().all();
  db.close();
  const rows = new Set(ids);
  return { rows, doubledRows: ids.length - rows.size };
}
