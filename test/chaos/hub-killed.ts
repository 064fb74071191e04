import { HubClient } from '#hub-client';
import { type ChaosDatabase, postgresForChaos, sqliteForChaos } from './chaos-database.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';
import { OPEN_INSTRUCTIONS, untilZero } from './until-none.ts';

export interface HubKilledOptions {
  kills: number;
  perSecond: number;
  tpvs: number;
  users: number;
  /** On PostgreSQL, each life of a hub begins with its connections cut while it works. */
  database: 'sqlite' | 'postgres';
  /** How each life ends: killed, or by a SIGTERM to the process of the `npm start` that began it. */
  by: 'SIGKILL' | 'SIGTERM to npm';
}

/** What the ledger outside the process says after the last kill. */
export interface HubKilledResult {
  kills: number;
  accepted: number;
  /** Got 200, and no TPV ever saw it. */
  lost: number;
  /** Rows of the database that never ended. */
  hanging: number;
  /** Updates that became more than one row. */
  doubledRows: number;
  /** Handlers that ran twice for one update. */
  repeatedRuns: number;
  /** Instructions of one person that ran in another order than they were written. */
  outOfOrder: number;
  strangeAnswers: string[];
  /** Hubs that still answered after their process was gone. */
  orphans: number;
  integrity: string;
  slowestReadyMs: number;
}

/** A killed hub lives at least this long, and at most three times as long. */
const LEAST_LIFE_MS = 400;

/**
 * Kills a hub, or has it drained, again and again while updates come in and TPVs work, and then compares what Telegram was
 * told with what the TPVs saw and with what the database holds.
 */
export async function hubKilled(options: HubKilledOptions): Promise<HubKilledResult> {
  const database = options.database === 'postgres' ? await postgresForChaos() : sqliteForChaos();
  const signal = options.by === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM';
  const hub = await madeUpHub({ DATABASE_URL: database.url }, { by: signal === 'SIGKILL' ? 'node' : 'npm' });
  const telegram = new TelegramSide({
    url: hub.url.origin,
    secret: SECRET,
    perSecond: options.perSecond,
    users: options.users,
  });
  const runs = new Map<number, number>();
  const lastOfUser = new Map<number, number>();
  let outOfOrder = 0;
  let orphans = 0;
  let slowestReadyMs = await hub.start();
  const clients: HubClient[] = [];
  try {
    for (let i = 0; i < options.tpvs; i++) {
      const client = new HubClient({ url: hub.url.origin, apiKey: await register(hub.url.origin, `TPV ${i}`) });
      client.on('process_message', (instruction) => {
        const update = Number(/\d+$/.exec(String(instruction.payload.text))?.[0]);
        runs.set(update, (runs.get(update) ?? 0) + 1);
        if (update < (lastOfUser.get(instruction.telegram_user_id) ?? 0)) outOfOrder++;
        lastOfUser.set(instruction.telegram_user_id, update);
        return { update };
      });
      clients.push(client);
    }
    await Promise.all(clients.map((client) => client.connect()));
    telegram.start();
    for (let kill = 0; kill < options.kills; kill++) {
      await someTime();
      await telegram.acceptsMore();
      if (database.cut !== undefined) {
        await database.cut();
        await someTime();
        await telegram.acceptsMore();
      }
      await hub.end(signal);
      if (await answers(hub.url)) orphans++;
      slowestReadyMs = Math.max(slowestReadyMs, await hub.start());
    }
    await telegram.stop();
    await untilZero(() => database.count(OPEN_INSTRUCTIONS));
    await Promise.all(clients.map((client) => client.close()));
    await hub.end();
    const accepted = telegram.accepted();
    const inDatabase = await examine(database);
    return {
      kills: options.kills,
      accepted: accepted.length,
      lost: accepted.filter((id) => !runs.has(id)).length,
      repeatedRuns: [...runs.values()].filter((count) => count > 1).length,
      outOfOrder,
      strangeAnswers: telegram.strange,
      orphans,
      slowestReadyMs: Math.round(slowestReadyMs),
      ...inDatabase,
    };
  } finally {
    telegram.end();
    await Promise.all(clients.map((client) => client.close({ deadlineMs: 0 })));
    await hub.end(signal);
    await database.end();
  }
}

function answers(url: URL): Promise<boolean> {
  return fetch(new URL('/healthz', url)).then(
    () => true,
    () => false,
  );
}

function someTime(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LEAST_LIFE_MS * (1 + 2 * Math.random())));
}

async function examine(
  database: ChaosDatabase,
): Promise<Pick<HubKilledResult, 'hanging' | 'doubledRows' | 'integrity'>> {
  return {
    hanging: await database.count("select count(*) from instructions where status not in ('completed', 'failed')"),
    doubledRows: await database.count(
      'select count(*) from (select 1 from instructions group by update_id having count(*) > 1) as doubled',
    ),
    integrity: await database.integrity(),
  };
}

const LOAD = { tpvs: 4, users: 200 };
const HELD = {
  held: (result: HubKilledResult) => {
    const { lost, hanging, doubledRows, repeatedRuns, outOfOrder, strangeAnswers, orphans, integrity } = result;
    const wrong = lost + hanging + doubledRows + repeatedRuns + outOfOrder + strangeAnswers.length + orphans;
    return wrong === 0 && integrity === 'ok';
  },
  sums: ({ kills, accepted }: HubKilledResult) =>
    `${kills} ends, ${accepted} updates, 0 lost, 0 hanging, 0 repeated runs`,
};

export const hubKilledProgram = program({
  name: 'hub-killed',
  options: { kills: 200, rate: 300, database: ['sqlite', 'postgres'] },
  says: ({ kills, rate }) => `Killing the hub ${kills} times under ${rate} updates/s`,
  run: ({ kills, rate, database }) => hubKilled({ ...LOAD, kills, perSecond: rate, database, by: 'SIGKILL' }),
  ...HELD,
});

export const hubDrainedProgram = program({
  name: 'hub-drained',
  options: { drains: 20, rate: 300 },
  says: ({ drains, rate }) => `Ending npm ${drains} times with SIGTERM under ${rate} updates/s`,
  run: ({ drains, rate }) =>
    hubKilled({ ...LOAD, kills: drains, perSecond: rate, database: 'sqlite', by: 'SIGTERM to npm' }),
  ...HELD,
});
