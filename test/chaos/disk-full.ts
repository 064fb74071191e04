import { setTimeout as pause } from 'node:timers/promises';
import { postgresForChaos, sqliteForChaos } from './chaos-database.ts';
import { cutsOf, type Ledger, ledgerOf, nothingLost } from './ledger.ts';
import { problemsOf, problemsOnce } from './problems.ts';
import { program } from './program.ts';
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
        // A busy machine may take longer to write what the disk has no room for.
        for (const code of await problemsOnce(hub, (problems) => problems.length > 0)) named.add(code);
        for (const end = performance.now() + options.fullSeconds * 1_000; performance.now() < end; ) {
          for (const code of await problemsOf(hub)) named.add(code);
          await pause(LOOK_MS);
        }
        disk.free();
        await problemsOnce(hub, async (problems) => {
          // It may also end after there is room: it still ends for what it met before.
          if ('startAgain' in database && !(await database.runs())) {
            serverEnded++;
            await database.startAgain();
          }
          return problems.length === 0;
        });
      }
      cuts.stop();
      return { cut: cuts.count, named: [...named], serverEnded };
    });
  } finally {
    disk.end();
  }
}

export const diskFullProgram = program({
  name: 'disk-full',
  options: { 'full-seconds': 10, times: 3, rate: 100, database: ['sqlite', 'postgres'] },
  needs: 'root',
  says: ({ 'full-seconds': seconds, times, rate }) =>
    `Filling the disk ${times} times for ${seconds} s under ${rate} updates/s`,
  run: ({ 'full-seconds': fullSeconds, times, rate, database }) =>
    diskFull({ fullSeconds, times, perSecond: rate, database }),
  held: (result) => nothingLost(result) && result.named.length > 0,
  sums: ({ accepted }) => `${accepted} updates, 0 lost, said by /readyz, no socket cut`,
});
