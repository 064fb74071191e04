import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { Latencies } from '../bench/latencies.ts';
import { seed } from '../bench/seed.ts';
import { TpvSocket } from '../bench/tpv-socket.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';

const ROOT = join(import.meta.dirname, '../..');
const TPVS = 4;
const USERS = 200;
const WARM_UP_MS = 2_000;
const LOOK_MS = 100;

export interface BackupUnderLoadOptions {
  /** Instructions that the database has already; 1.8 million make 1 GB. */
  rows: number;
  perSecond: number;
  /** How long is measured without a backup, before and after it. */
  seconds: number;
}

export interface BackupUnderLoadResult {
  megabytes: number;
  backupSeconds: number;
  /** From an update's due time to the instruction at its TPV, without and during the backup, in milliseconds. */
  without: string;
  during: string;
  p99Ratio: number;
  longestLogMegabytes: number;
  /** Got 200 before the backup began. */
  acknowledged: number;
  /** Of those, how many the copy does not hold. */
  missing: number;
  integrity: string;
}

/** Copies a hub's database with the command line while updates come in, and compares the copy with the ledger. */
export async function backupUnderLoad(options: BackupUnderLoadOptions): Promise<BackupUnderLoadResult> {
  const dir = mkdtempSync(join(tmpdir(), 'backup-under-load-'));
  const [file, copy] = [join(dir, 'hub.db'), join(dir, 'copy.db')];
  await seed(file, options.rows);
  const hub = await madeUpHub({ DATABASE_URL: `sqlite:${file}` });
  const dueAt = new Map<number, number>();
  let latencies = new Latencies();
  const telegram = new TelegramSide({
    url: hub.url.origin,
    secret: SECRET,
    perSecond: options.perSecond,
    users: USERS,
    firstId: options.rows + 1,
    onDue: (id) => dueAt.set(id, performance.now()),
  });
  const sockets: TpvSocket[] = [];
  try {
    await hub.start();
    for (let i = 0; i < TPVS; i++) {
      sockets.push(
        await TpvSocket.open(new URL(hub.url.origin), await register(hub.url.origin, `TPV ${i}`), {
          instruction: (id) => latencies.add(performance.now() - (dueAt.get(id) ?? Number.NaN)),
          reported: () => {},
        }),
      );
    }
    telegram.start();
    await pause(WARM_UP_MS);
    const without = new Latencies();
    latencies = without;
    await pause(options.seconds * 1_000);

    const acknowledged = telegram.accepted();
    const during = new Latencies();
    latencies = during;
    const startedAt = performance.now();
    let longestLog = 0;
    const watch = setInterval(() => {
      longestLog = Math.max(longestLog, statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
    }, LOOK_MS);
    await runBackup(file, copy).finally(() => clearInterval(watch));
    const backupSeconds = (performance.now() - startedAt) / 1_000;
    latencies = without;
    await pause(options.seconds * 1_000);
    await telegram.stop();
    const [, quiet = 0] = without.quantiles([0.5, 0.99]);
    const [, busy = 0] = during.quantiles([0.5, 0.99]);
    return {
      megabytes: Math.round(statSync(file).size / 1e6),
      backupSeconds: Math.round(backupSeconds * 10) / 10,
      without: shown(without),
      during: shown(during),
      p99Ratio: Math.round((busy / quiet) * 100) / 100,
      longestLogMegabytes: Math.round(longestLog / 1e6),
      acknowledged: acknowledged.length,
      ...compare(copy, acknowledged),
    };
  } finally {
    for (const socket of sockets) socket.close();
    await hub.end('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function runBackup(file: string, copy: string): Promise<void> {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'backup', copy], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: `sqlite:${file}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [fault, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`The backup ended with ${code}: ${fault}`);
}

function compare(copy: string, acknowledged: readonly number[]): Pick<BackupUnderLoadResult, 'missing' | 'integrity'> {
  const db = new SqliteDatabase(copy, { readonly: true });
  try {
    db.pragma('cache_size = -65536');
    const ids = new Set(
      db.prepare<[number], number>('select update_id from instructions where telegram_user_id <= ?').pluck().all(USERS),
    );
    return {
      missing: acknowledged.filter((id) => !ids.has(id)).length,
      integrity: String(db.pragma('integrity_check', { simple: true })),
    };
  } finally {
    db.close();
  }
}

function shown(latencies: Latencies): string {
  const [p50, p99, most] = latencies.quantiles([0.5, 0.99, 1]).map((ms) => ms.toFixed(1));
  return `p50 ${p50}, p99 ${p99}, max ${most} (${latencies.count} updates)`;
}

export const backupUnderLoadProgram = program({
  name: 'backup-under-load',
  options: { rows: 2_000_000, rate: 300 },
  says: ({ rows, rate }) => `Copying a database of ${rows} instructions under ${rate} updates/s`,
  run: ({ rows, rate }) => backupUnderLoad({ rows, perSecond: rate, seconds: 10 }),
  held: ({ missing, integrity, p99Ratio }) => missing === 0 && integrity === 'ok' && p99Ratio < 2,
  sums: () => 'whole, nothing acknowledged is missing, p99 less than doubled',
});
