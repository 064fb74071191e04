import { setTimeout as pause } from 'node:timers/promises';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import { postgresForChaos, sqliteForChaos } from './chaos-database.ts';
import { cutsOf, type Ledger, ledgerOf } from './ledger.ts';
import { problemsOf } from './problems.ts';
import { smallDisk } from './small-disk.ts';

export interface DiskFullOptions {
  perSecond: number;
  database: 'sqlite' | 'postgres';
  /** For how long there is no room, each time. */
  fullSeconds: number;
  times: number;
}

export interface DiskFullResult extends Ledger {
  /** How often the TPV's connection ended. */
  cut: number;
  /** What `/readyz` named meanwhile. */
  named: string[];
  /** How often PostgreSQL ended for it, and was started again. */
  serverEnded: number;
}

const DISK_MB = 160;
const LIFE_MS = 3_000;
const LOOK_MS = 100;
const READY_WITHIN_MS = 60_000;
/** PostgreSQL writes its log into files of this size; where it can't make one it ends, so this is soon. */
const WAL_FILE_MB = 1;

/** Fills the disk that a hub's database is on, while updates come in, and makes room again, as an operator does. */
export async function diskFull(options: DiskFullOptions): Promise<DiskFullResult> {
  const disk = smallDisk(DISK_MB);
  try {
    const database =
      options.database === 'postgres'
        ? await postgresForChaos({ durableIn: disk.folder, initdb: [`--wal-segsize=${WAL_FILE_MB}`] })
        : sqliteForChaos(disk.folder);
    return await ledgerOf(database, options, async ({ hub, client }) => {
      const cuts = cutsOf(client);
      const named = new Set<string>();
      let serverEnded = 0;
      for (let time = 0; time < options.times; time++) {
        await pause(LIFE_MS);
        disk.fill();
        for (const end = performance.now() + options.fullSeconds * 1_000; performance.now() < end; ) {
          for (const code of await problemsOf(hub)) named.add(code);
          await pause(LOOK_MS);
        }
        disk.free();
        if ('startAgain' in database && !(await database.runs())) {
          serverEnded++;
          await database.startAgain();
        }
        await ready(hub);
      }
      cuts.stop();
      return { cut: cuts.count, named: [...named], serverEnded };
    });
  } finally {
    disk.end();
  }
}

async function ready(hub: HubUnderLoad): Promise<void> {
  for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; await pause(LOOK_MS)) {
    if ((await problemsOf(hub)).length === 0) return;
  }
  throw new Error(`The hub was not ready ${READY_WITHIN_MS / 1_000} s after there was room again.`);
}
