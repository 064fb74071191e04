import { setTimeout as pause } from 'node:timers/promises';
import { HubClient } from '#hub-client';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';
import { OPEN_INSTRUCTIONS, untilZero } from './until-none.ts';

/** What is known outside the hub of the updates that got 200. */
export interface Ledger {
  accepted: number;
  /** Got 200, and the database that is there in the end does not hold it. */
  lost: number;
  /** Got 200, and no TPV ever saw it. */
  unseen: number;
  /** Updates that became more than one row. */
  doubledRows: number;
  /** Answers that were neither 200 nor 503. */
  strangeAnswers: string[];
}

/** Whether nothing that got 200 was lost or doubled, and the TPV stayed connected. */
export function nothingLost({ lost, unseen, doubledRows, strangeAnswers, cut }: Ledger & { cut: number }): boolean {
  return lost + unseen + doubledRows + strangeAnswers.length + cut === 0;
}

/** One message of so many takes its TPV longer; prime to the number of people, so that each gets some. */
const SLOW_ONE_IN = 97;

/** Has a TPV complete every message; gives the numbers of the updates that it sees, as they come. */
function updatesSeenBy(client: HubClient, slowMs: number): ReadonlySet<number> {
  const seen = new Set<number>();
  client.on('process_message', async ({ payload }) => {
    const update = Number(/\d+$/.exec(String(payload.text))?.[0]);
    seen.add(update);
    if (slowMs > 0 && update % SLOW_ONE_IN === 0) await pause(slowMs);
    return {};
  });
  return seen;
}

/** Counts how often a TPV is not connected any more, until `stop` is called. */
export function cutsOf(client: HubClient): { count: number; stop(): void } {
  const cuts = {
    count: 0,
    stop: client.onStatus(({ state }) => {
      if (state !== 'online') cuts.count++;
    }),
  };
  return cuts;
}

export interface DisturbedHub {
  /** It runs, Telegram posts to it, and `client` is a TPV that completes what it gets. */
  hub: HubUnderLoad;
  client: HubClient;
}

/**
 * Posts messages at a steady rate to a hub of its own, has `disturb` do its worst meanwhile, and compares, once all is
 * quiet again, what got 200 with what the database holds and what the TPV saw.
 * @param load `env`: variables of docs/environment.md, over those of every made-up hub; `slowMs`: how long the TPV works
 *   on some of the messages
 * @returns the ledger, with what `disturb` gave
 */
export async function ledgerOf<T extends object>(
  database: ChaosDatabase,
  { perSecond, env = {}, slowMs = 0 }: { perSecond: number; env?: Record<string, string>; slowMs?: number },
  disturb: (disturbed: DisturbedHub) => Promise<T>,
): Promise<Ledger & T> {
  const hub = await madeUpHub({ DATABASE_URL: database.url, ...env });
  const telegram = new TelegramSide({ url: hub.url.origin, secret: SECRET, perSecond, users: 100 });
  let client: HubClient | undefined;
  try {
    await hub.start();
    client = new HubClient({ url: hub.url.origin, apiKey: await register(hub.url.origin, 'TPV') });
    const seen = updatesSeenBy(client, slowMs);
    await client.connect();
    telegram.start();
    const told = await disturb({ hub, client });
    await telegram.stop();
    await untilZero(() => database.count(OPEN_INSTRUCTIONS));
    await client.close();
    await hub.end();
    const accepted = telegram.accepted();
    const [total = 0, distinct = 0] = await Promise.all(
      ['update_id', 'distinct update_id'].map((what) => database.count(`select count(${what}) from instructions`)),
    );
    return {
      accepted: accepted.length,
      // All that was posted has got its 200 by now, and nothing else makes rows with a number.
      lost: accepted.length - distinct,
      unseen: accepted.filter((id) => !seen.has(id)).length,
      doubledRows: total - distinct,
      strangeAnswers: telegram.strange,
      ...told,
    };
  } finally {
    telegram.end();
    await client?.close({ deadlineMs: 0 });
    await hub.end('SIGKILL');
    await database.end();
  }
}
