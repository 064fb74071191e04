import { tmpdir } from 'node:os';
import { HubClient } from '#hub-client';
import { type Balancer, startBalancer } from '../../demo/balancer.ts';
import { type ChaosDatabase, postgresForChaos } from './chaos-database.ts';
import { type ClusterFaults, type FaultyHub, makeClusterFaults } from './cluster-faults.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { madeUpHub, SECRET } from './made-up-hub.ts';
import { program } from './program.ts';
import { register } from './register.ts';
import { TelegramSide } from './telegram-side.ts';
import { OPEN_INSTRUCTIONS, untilZero } from './until-none.ts';

export interface ClusterOptions {
  faults: ClusterFaults;
  /** Of a hub that stands still, or has no database. */
  longestSeconds: number;
  hubs: number;
  perSecond: number;
  tpvs: number;
  users: number;
}

/** What the ledger outside the hubs says after the last fault. */
export interface ClusterResult {
  faults: ClusterFaults;
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
  /** How often a TPV was without a hub, and for how long. */
  gaps: number;
  gapP50Ms: number | undefined;
  gapP99Ms: number | undefined;
  /** How often a lease changed its hub. */
  newLeaders: number;
  /** What hubs could not write, as another one had the right to it; those that were killed took theirs along. */
  fenced: number;
}

/** So that a TPV soon leaves a hub that stands still, as it does behind a balancer that asks the hubs. */
const HEARTBEAT_SECONDS = 2;

/**
 * Hubs are killed every few seconds here. Each time a TPV dials as one that was connected for long before, or it would wait
 * longer each time, and its gaps would say how often hubs are killed.
 */
const CALM_MS = 1_000;

/**
 * Disturbs several hubs on one PostgreSQL again and again, while updates come to all of them through a balancer and TPVs
 * are connected to any, and then compares what Telegram was told with what the TPVs saw and with the database.
 */
export async function clusterUnderFaults(options: ClusterOptions): Promise<ClusterResult> {
  const { faults } = options;
  // One whose processes are ended loses what it never gave to the disk.
  const database = await postgresForChaos(faults.restarts > 0 ? { durableIn: tmpdir() } : {});
  const hubs: FaultyHub[] = [];
  const clients: HubClient[] = [];
  let balancer: Balancer | undefined;
  let telegram: TelegramSide | undefined;
  try {
    for (let i = 0; i < options.hubs; i++) {
      hubs.push(await faultyHub(database.url, faults.cuts > 0));
    }
    // The first one alone: it makes the tables.
    await hubs[0]?.hub.start();
    await Promise.all(hubs.slice(1).map(({ hub }) => hub.start()));
    balancer = await startBalancer(
      0,
      hubs.map(({ hub }) => Number(hub.url.port)),
    );
    const { url } = balancer;
    const work = ledgerOfWork();
    for (let i = 0; i < options.tpvs; i++) {
      const client = new HubClient({
        url,
        apiKey: await register(url, `TPV ${i}`),
        backoff: { resetAfterMs: CALM_MS },
      });
      work.follow(client);
      clients.push(client);
    }
    await Promise.all(clients.map((client) => client.connect()));
    telegram = new TelegramSide({ url, secret: SECRET, perSecond: options.perSecond, users: options.users });
    telegram.start();
    await makeClusterFaults(faults, hubs, database, options.longestSeconds * 1_000);
    await telegram.stop();
    await untilZero(() => database.count(OPEN_INSTRUCTIONS));
    work.stop();
    await Promise.all(clients.map((client) => client.close()));
    const fenced = await Promise.all(hubs.map(fencedBy));
    await Promise.all(hubs.map(({ hub }) => hub.end()));
    const accepted = telegram.accepted();
    return {
      faults,
      accepted: accepted.length,
      lost: accepted.filter((id) => !work.runs.has(id)).length,
      strangeAnswers: telegram.strange,
      ...work.result(),
      ...(await examine(database)),
      fenced: fenced.reduce((sum, count) => sum + count, 0),
    };
  } finally {
    telegram?.end();
    await Promise.all(clients.map((client) => client.close({ deadlineMs: 0 })));
    await Promise.all(hubs.map(({ hub }) => hub.end('SIGKILL')));
    for (const { proxy } of hubs) proxy?.close();
    await balancer?.close();
    await database.end();
  }
}

async function faultyHub(databaseUrl: string, isCut: boolean): Promise<FaultyHub> {
  const url = new URL(databaseUrl);
  const proxy = isCut ? await FaultyProxy.start(`http://${url.host}`) : undefined;
  if (proxy !== undefined) url.host = new URL(proxy.url).host;
  const hub = await madeUpHub({
    DATABASE_URL: url.href,
    HUB_LEASE_SECONDS: '3',
    HEARTBEAT_INTERVAL_SECONDS: String(HEARTBEAT_SECONDS),
  });
  return { hub, proxy };
}

async function fencedBy({ hub }: FaultyHub): Promise<number> {
  const answer = await fetch(new URL('/metrics', hub.url));
  const counts = [...(await answer.text()).matchAll(/^hub_fenced_total\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** What the TPVs did, and when they had no hub. */
function ledgerOfWork() {
  const runs = new Map<number, number>();
  const lastOfUser = new Map<number, number>();
  const gaps: number[] = [];
  const stops: (() => void)[] = [];
  let outOfOrder = 0;
  return {
    runs: runs as ReadonlyMap<number, number>,
    follow(client: HubClient) {
      client.on('process_message', (instruction) => {
        const update = Number(/\d+$/.exec(String(instruction.payload.text))?.[0]);
        runs.set(update, (runs.get(update) ?? 0) + 1);
        if (update < (lastOfUser.get(instruction.telegram_user_id) ?? 0)) outOfOrder++;
        lastOfUser.set(instruction.telegram_user_id, update);
        return { update };
      });
      let lostAt: number | undefined;
      const follow = client.onStatus(({ state }) => {
        if (state !== 'online') lostAt ??= performance.now();
        else if (lostAt !== undefined) {
          gaps.push(performance.now() - lostAt);
          lostAt = undefined;
        }
      });
      stops.push(follow);
    },
    stop() {
      for (const stop of stops) stop();
    },
    result() {
      const sorted = gaps.toSorted((a, b) => a - b);
      const part = (share: number) => {
        const gap = sorted[Math.ceil(sorted.length * share) - 1];
        return gap === undefined ? undefined : Math.round(gap);
      };
      return {
        repeatedRuns: [...runs.values()].filter((count) => count > 1).length,
        outOfOrder,
        gaps: gaps.length,
        gapP50Ms: part(0.5),
        gapP99Ms: part(0.99),
      };
    },
  };
}

async function examine(
  database: ChaosDatabase,
): Promise<Pick<ClusterResult, 'hanging' | 'doubledRows' | 'newLeaders'>> {
  return {
    hanging: await database.count("select count(*) from instructions where status not in ('completed', 'failed')"),
    doubledRows: await database.count(
      'select count(*) from (select 1 from instructions group by update_id having count(*) > 1) as doubled',
    ),
    newLeaders: await database.count('select coalesce(sum(term - 1), 0) from leases'),
  };
}

export const clusterProgram = program({
  name: 'cluster',
  options: { kills: 50, pauses: 0, cuts: 0, deaf: 0, restarts: 0, longest: 20, hubs: 3, rate: 100 },
  says: ({ hubs, rate, ...faults }) =>
    `Disturbing ${hubs} hubs on one PostgreSQL under ${rate} updates/s: ${JSON.stringify(faults)}`,
  run: ({ kills, pauses, cuts, deaf, restarts, longest, hubs, rate }) =>
    clusterUnderFaults({
      faults: { kills, pauses, cuts, deaf, restarts },
      longestSeconds: longest,
      hubs,
      perSecond: rate,
      tpvs: 6,
      users: 200,
    }),
  held: ({ lost, hanging, doubledRows, repeatedRuns, outOfOrder, strangeAnswers }) =>
    lost + hanging + doubledRows + repeatedRuns + outOfOrder + strangeAnswers.length === 0,
  sums: ({ accepted, gapP99Ms, fenced }) =>
    `${accepted} updates, 0 lost, 0 twice, 0 out of order; ${fenced} writes fenced; a TPV was without a hub for ${gapP99Ms ?? 0} ms at most (p99)`,
});
