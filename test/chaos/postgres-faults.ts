import { setTimeout as pause } from 'node:timers/promises';
import { HubClient } from '#hub-client';
import { postgresForChaos } from './chaos-database.ts';
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

/** What the ledger outside the process says after the last fault. */
export interface PostgresFaultsResult {
  accepted: number;
  /** Got 200, and has no row. */
  lost: number;
  /** Got 200, and no TPV ever saw it. */
  unseen: number;
  /** Updates that became more than one row. */
  doubledRows: number;
  /** Answers that were neither 200 nor 503. */
  strangeAnswers: string[];
  /** Sockets that the hub closed. */
  cut: number;
}

const LIFE_MS = 1_000;

/** Takes PostgreSQL away from under a hub, and locks its table, while updates come in. */
export async function postgresFaults(options: PostgresFaultsOptions): Promise<PostgresFaultsResult> {
  const database = await postgresForChaos();
  const hub = await madeUpHub({ DATABASE_URL: database.url });
  const telegram = new TelegramSide({ url: hub.url.origin, secret: SECRET, perSecond: options.perSecond, users: 100 });
  const seen = new Set<number>();
  let client: HubClient | undefined;
  let cut = 0;
  try {
    await hub.start();
    client = new HubClient({ url: hub.url.origin, apiKey: await register(hub.url.origin, 'TPV') });
    client.on('process_message', ({ payload }) => {
      seen.add(Number(/\d+$/.exec(String(payload.text))?.[0]));
      return {};
    });
    await client.connect();
    const leave = client.onStatus(({ state }) => {
      if (state !== 'online') cut++;
    });
    telegram.start();
    await pause(LIFE_MS);
    await database.lockOut(options.goneSeconds * 1_000);
    await pause(LIFE_MS);
    await database.lockTable('instructions', options.lockSeconds * 1_000);
    await pause(LIFE_MS);
    await telegram.stop();
    await untilZero(() => database.count(OPEN_INSTRUCTIONS));
    leave();
    await client.close();
    await hub.end();
    const accepted = telegram.accepted();
    const rows = new Set(accepted);
    const [total, distinct] = await Promise.all(
      ['update_id', 'distinct update_id'].map((what) => database.count(`select count(${what}) from instructions`)),
    );
    return {
      accepted: accepted.length,
      lost: rows.size - (distinct ?? 0),
      unseen: accepted.filter((id) => !seen.has(id)).length,
      doubledRows: (total ?? 0) - (distinct ?? 0),
      strangeAnswers: telegram.strange,
      cut,
    };
  } finally {
    telegram.end();
    await client?.close({ deadlineMs: 0 });
    await hub.end('SIGKILL');
    await database.end();
  }
}
