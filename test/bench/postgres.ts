import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';
import { startDelayLine } from './delay-line.ts';
import type { BenchOptions } from './options.ts';
import { LATENCY_COLUMNS, latencyCells, printHeading, printRow } from './table.ts';
import { registerTpvs } from './tpvs.ts';
import { type RunResult, Traffic } from './traffic.ts';

/** So many times as many updates wait for their commit at once where the server is far away. */
const FAR_FACTOR = 4;
/** Before anything is measured, the hub runs for this long at most. */
const WARM_UP_SECONDS = 2;

type Sizes = Pick<BenchOptions, 'connections' | 'seconds' | 'rounds' | 'tpvs' | 'roundTripMs'>;

/** Runs `work` with a hub on this database. */
type WithHub = <T>(databaseUrl: string, work: (hub: { url: URL }) => Promise<T>) => Promise<T>;

/** A PostgreSQL that syncs, on this machine, in turns with SQLite; then the same server some milliseconds away. */
export async function comparePostgres(sqliteUrl: string, dir: string, withHub: WithHub, sizes: Sizes): Promise<void> {
  const { connections, seconds, rounds, roundTripMs } = sizes;
  const server = await startPostgres({ durableIn: dir });
  // A benchmark that is told to end waits for nothing more.
  const end = () => void server.stop();
  process.once('exit', end);
  try {
    await withHub(sqliteUrl, (sqlite) =>
      withHub(server.url, async (postgres) => {
        const loads = await Promise.all([warm(sqlite.url, sizes), warm(postgres.url, sizes)]);
        await ask(server.url, 'analyze');
        const perSecond: number[][] = [[], []];
        const last: RunResult[] = [];
        for (let round = 0; round < rounds; round++) {
          for (const [i, load] of loads.entries()) {
            last[i] = await load.run({ connections, seconds });
            perSecond[i]?.push(last[i].reportedPerSecond);
          }
        }
        for (const load of loads) load.close();
        printHeading(`PostgreSQL, ${connections} connections`, LATENCY_COLUMNS);
        const medians = perSecond.map(median);
        for (const [i, name] of ['on SQLite', 'on PostgreSQL beside it'].entries()) {
          const run = last[i];
          if (run !== undefined) printRow(name, latencyCells(medians[i] ?? 0, run.reported));
        }
        printRow('PostgreSQL over SQLite', [((medians[1] ?? 0) / (medians[0] ?? 1)).toFixed(2)]);
      }),
    );
    // In the same database, the people would have the TPVs of the run before.
    const line = await startDelayLine(await newDatabase(server.url), roundTripMs);
    try {
      await withHub(line.url, async (hub) => {
        const load = await warm(hub.url, sizes);
        await ask(line.url, 'analyze');
        const many = connections * FAR_FACTOR;
        const far = await load.run({ connections: many, seconds });
        load.close();
        printHeading(`PostgreSQL ${roundTripMs} ms away, ${many} connections`, LATENCY_COLUMNS);
        printRow('update → report committed', latencyCells(far.reportedPerSecond, far.reported));
      });
    } finally {
      await line.stop();
    }
  } finally {
    process.off('exit', end);
    await server.stop();
  }
}

async function warm(url: URL, { tpvs, connections, seconds }: Sizes): Promise<Traffic> {
  const load = new Traffic(url);
  await load.connect(await registerTpvs(url, tpvs));
  await load.run({ connections, seconds: Math.min(seconds, WARM_UP_SECONDS) });
  return load;
}

async function newDatabase(server: string): Promise<string> {
  await ask(server, 'create database far');
  return new URL('/far', server).href;
}

/** `analyze` is what the server does by itself in the first minutes; its plans are those of empty tables until then. */
async function ask(url: string, text: 'analyze' | 'create database far'): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
