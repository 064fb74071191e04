import { setTimeout as pause } from 'node:timers/promises';
import { HubClient } from '#hub-client';
import { postgresForChaos } from './chaos-database.ts';
import { cutsOf, type Ledger, updatesSeenBy } from './ledger.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';
import { OPEN_INSTRUCTIONS, untilZero } from './until-none.ts';

export interface PostgresFaultsOptions {
  perSecond: number;
  /** For how long PostgreSQL lets nobody in, and for how long a table is locked. */
  goneSeconds: number;
  lockSeconds: number;
}

const LIFE_MS = 1_000;

/** Takes PostgreSQL away from under a hub, and locks its table, while updates come in. */
export async function postgresFaults(options: PostgresFaultsOptions): Promise<Ledger> {
  const database = await postgresForChaos();
  const hub = await madeUpHub({ DATABASE_URL: database.url });
  const telegram = new TelegramSide({ url: hub.url.origin, secret: SECRET, perSecond: options.perSecond, users: 100 });
  let client: HubClient | undefined;
  try {
    await hub.start();
    client = new HubClient({ url: hub.url.origin, apiKey: await register(hub.url.origin, 'TPV') });
    const seen = updatesSeenBy(client);
    await client.connect();
    const cuts = cutsOf(client);
    telegram.start();
    await pause(LIFE_MS);
    await database.lockOut(options.goneSeconds * 1_000);
    await pause(LIFE_MS);
    await database.lockTable('instructions', options.lockSeconds * 1_000);
    await pause(LIFE_MS);
    await telegram.stop();
    await untilZero(() => database.count(OPEN_INSTRUCTIONS));
    cuts.stop();
    await client.close();
    await hub.end();
    const accepted = telegram.accepted();
    const [total, distinct] = await Promise.all(
      ['update_id', 'distinct update_id'].map((what) => database.count(`select count(${what}) from instructions`)),
    );
    return {
      accepted: accepted.length,
      lost: accepted.length - (distinct ?? 0),
      unseen: accepted.filter((id) => !seen.has(id)).length,
      doubledRows: (total ?? 0) - (distinct ?? 0),
      strangeAnswers: telegram.strange,
      cut: cuts.count,
    };
  } finally {
    telegram.end();
    await client?.close({ deadlineMs: 0 });
    await hub.end('SIGKILL');
    await database.end();
  }
}
