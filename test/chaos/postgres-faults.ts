import { setTimeout as pause } from 'node:timers/promises';
import { postgresForChaos } from './chaos-database.ts';
import { cutsOf, type Ledger, ledgerOf } from './ledger.ts';

export interface PostgresFaultsOptions {
  perSecond: number;
  /** For how long PostgreSQL lets nobody in, and for how long a table is locked. */
  goneSeconds: number;
  lockSeconds: number;
}

const LIFE_MS = 1_000;

/**
 * Takes PostgreSQL away from under a hub, and locks its table, while updates come in.
 * @returns the ledger; `cut`: how often the TPV's connection ended meanwhile
 */
export async function postgresFaults(options: PostgresFaultsOptions): Promise<Ledger & { cut: number }> {
  const database = await postgresForChaos();
  return ledgerOf(database, options, async ({ client }) => {
    const cuts = cutsOf(client);
    await pause(LIFE_MS);
    await database.lockOut(options.goneSeconds * 1_000);
    await pause(LIFE_MS);
    await database.lockTable('instructions', options.lockSeconds * 1_000);
    await pause(LIFE_MS);
    cuts.stop();
    return { cut: cuts.count };
  });
}
