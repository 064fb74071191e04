import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HubUnderLoad } from '../support/hub-under-load.ts';
import { preloadedLibrary } from '../support/preloaded.ts';
import { fill } from './fill.ts';
import { hubEnvironment, type TelegramSide } from './hub-environment.ts';
import { openIdleSockets } from './idle-sockets.ts';
import { Latencies } from './latencies.ts';
import { holdUp, longestTurn } from './loop.ts';
import { type BenchOptions, benchOptions, HELP } from './options.ts';
import { PanelVisitors } from './panel.ts';
import { poll, registerPollers } from './polls.ts';
import { comparePostgres } from './postgres.ts';
import { pressButtons } from './press.ts';
import { seed } from './seed.ts';
import { cpuPer, LATENCY_COLUMNS, latencyCells, printHeading, printRow, printRun, whole } from './table.ts';
import { registerTpvs } from './tpvs.ts';
import { Traffic } from './traffic.ts';

/** Before anything is measured, the hub runs for this long at most: its code is compiled then, its people are known. */
const WARM_UP_SECONDS = 2;
/** What a hub has to do at its start goes on while it serves. */
const FIRST_MS = 5_000;
/** Of what was asked for, so many are shown. */
const WORST_SHOWN = 20;
const EXIT_USAGE = 64;

const options = readOptions();
const folder = mkdtempSync(join(options.dir, 'hub-bench-'));
const hubs = new Set<HubUnderLoad>();
let slowDisk: Record<string, string> = {};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const hub of hubs) hub.kill();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}
try {
  await measure(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const hub of hubs) hub.kill();
  rmSync(folder, { recursive: true, force: true });
}

function readOptions(): BenchOptions {
  try {
    const read = benchOptions();
    if (read !== undefined) {
      mkdirSync(read.dir, { recursive: true });
      return read;
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exit(EXIT_USAGE);
  }
  process.stdout.write(HELP);
  process.exit(0);
}

async function measure({ parts, ...given }: BenchOptions): Promise<void> {
  const { diskMs } = given;
  if (diskMs > 0) slowDisk = { LD_PRELOAD: preloadedLibrary('preloaded-disk', folder), DISK_MS: String(diskMs) };
  const disk = diskMs > 0 ? `each sync ${diskMs} ms longer` : 'the disk as it is';
  console.log(
    `Node ${process.versions.node}, ${availableParallelism()} cores, SQLite, durable, ${disk}; the driver runs beside the hub.`,
  );
  if (parts.includes('traffic') || parts.includes('polls')) await withHub('main', (hub) => traffic(hub, parts, given));
  if (parts.includes('press')) await presses(given);
  if (parts.includes('rows')) await growth(given);
  if (parts.includes('sockets')) await sockets(given);
  if (parts.includes('panel')) await panel(given);
  if (parts.includes('loop')) await loop(given);
  if (parts.includes('postgres')) {
    const withHubOn: Parameters<typeof comparePostgres>[2] = (url, work) =>
      withHub('sqlite', work, { databaseUrl: url });
    await comparePostgres(`sqlite:${join(folder, 'beside.db')}`, options.dir, withHubOn, given);
  }
}

type Sizes = Omit<BenchOptions, 'parts'>;

async function traffic(hub: HubUnderLoad, parts: BenchOptions['parts'], sizes: Sizes): Promise<void> {
  const { connections, seconds, rate, tpvs } = sizes;
  const keys = await registerTpvs(hub.url, tpvs);
  if (parts.includes('traffic')) {
    const load = new Traffic(hub.url);
    await load.connect(keys);
    await load.run({ connections, seconds: Math.min(seconds, WARM_UP_SECONDS) });
    printHeading(`${rate} updates/s, ${tpvs} TPVs`, LATENCY_COLUMNS);
    printRun(await load.run({ connections, seconds, rate }));
    printHeading(`saturation, ${connections} connections`, LATENCY_COLUMNS);
    const cpuMs = hub.cpuMs;
    const result = await load.run({ connections, seconds });
    printRun(result);
    printRow('hub CPU per update', [cpuPer(result.reported.count, cpuMs, hub.cpuMs)]);
    load.close();
  }
  if (parts.includes('polls')) {
    const pollers = await registerPollers(hub.url);
    await poll(hub.url, pollers, connections, Math.min(seconds, WARM_UP_SECONDS));
    printHeading(`polls, ${connections} connections`, LATENCY_COLUMNS);
    const cpuMs = hub.cpuMs;
    const { latencies, perSecond } = await poll(hub.url, pollers, connections, seconds);
    printRow('poll → 200', latencyCells(perSecond, latencies));
    printRow('hub CPU per poll', [cpuPer(latencies.count, cpuMs, hub.cpuMs)]);
  }
}

/** How long a person looks at a spinner, beside what the two calls between Telegram and the hub take by themselves. */
async function presses({ rounds }: Sizes): Promise<void> {
  const { shown, webhook, answer } = await pressButtons(
    (telegram, work) => withHub('press', work, { telegram }),
    async (url) => (await registerTpvs(url, 1)).join(),
    rounds,
  );
  printHeading('presses, one at a time', LATENCY_COLUMNS.slice(1));
  const print = (name: string, latencies: Latencies) => printRow(name, latencyCells(0, latencies).slice(1));
  print('press → TPV → answer shown', shown);
  print('the webhook’s call alone', webhook);
  print('the answer’s call alone', answer);
  const [p50 = 0, first = 0, second = 0] = [shown, webhook, answer].flatMap((one) => one.quantiles([0.5]));
  printRow('press over the two calls', [`${(p50 / (first + second)).toFixed(2)} ×`]);
}

/** The same work on databases that hold more and more. */
async function growth({ rows, connections, seconds, rate, tpvs }: Sizes): Promise<void> {
  printHeading('rows in the database', ['updates/s', 'CPU/update', 'report p50', 'report p99', 'polls/s', 'CPU/poll']);
  for (const count of rows) {
    await seed(join(folder, `${count}.db`), count);
    await withHub(String(count), async (hub) => {
      const keys = await registerTpvs(hub.url, tpvs);
      const load = new Traffic(hub.url);
      await load.connect(keys);
      await load.run({ connections, seconds: Math.min(seconds, WARM_UP_SECONDS) });
      const before = hub.cpuMs;
      const full = await load.run({ connections, seconds });
      const between = hub.cpuMs;
      const steady = await load.run({ connections, seconds, rate });
      load.close();
      const pollers = await registerPollers(hub.url);
      const beforePolls = hub.cpuMs;
      const polls = await poll(hub.url, pollers, connections, seconds);
      const [p50 = 0, p99 = 0] = steady.reported.quantiles([0.5, 0.99]);
      printRow(whole(count), [
        whole(full.reportedPerSecond),
        cpuPer(full.reported.count, before, between),
        `${p50.toFixed(2)} ms`,
        `${p99.toFixed(2)} ms`,
        whole(polls.perSecond),
        cpuPer(polls.latencies.count, beforePolls, hub.cpuMs),
      ]);
    });
    rmSync(join(folder, `${count}.db`), { force: true });
  }
}

async function sockets({ sockets: count, seconds }: Sizes): Promise<void> {
  // Registering leaves garbage behind, so the sockets come to a fresh process.
  const keys = await withHub('sockets', (hub) => registerTpvs(hub.url, count));
  const idle = await withHub('sockets', (hub) => openIdleSockets(hub, keys, seconds));
  printHeading('idle sockets', ['KiB each', 'MiB before', 'MiB after']);
  if (idle === undefined) return printRow('this system does not tell', []);
  const { beforeBytes, afterBytes } = idle;
  const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
  const each = (afterBytes - beforeBytes) / idle.count / 1024;
  printRow(`${whole(idle.count)} sockets`, [each.toFixed(1), mib(beforeBytes), mib(afterBytes)]);
}

/** How fast the panel opens on a full database, and what it costs the TPVs while it is open. */
async function panel({ rows, connections, seconds, rate, rounds, tpvs }: Sizes): Promise<void> {
  const count = Math.max(...rows);
  const past = { people: Math.ceil(count / 10), tpvs: Math.ceil(count / 1_000) };
  await seed(join(folder, 'panel.db'), count, past);
  await withHub('panel', async (hub) => {
    const visitors = await PanelVisitors.logIn(hub.url);
    try {
      const { firstMs, pages } = await visitors.visit(rounds);
      const held = [past.tpvs, past.people, count].map(whole);
      printHeading('the panel opens, cache empty', LATENCY_COLUMNS.slice(1));
      for (const { name, usable } of pages) printRow(name, latencyCells(0, usable).slice(1));
      printRow('the very first visit', [firstMs.toFixed(2)]);
      printRow('with TPVs, people, instructions', held);
      const keys = await registerTpvs(hub.url, tpvs);
      const load = new Traffic(hub.url);
      await load.connect(keys);
      await load.run({ connections, seconds: Math.min(seconds, WARM_UP_SECONDS) });
      const [none, asked, open] = [new Latencies(), new Latencies(), new Latencies()];
      const run = async (latencies: Latencies) =>
        latencies.merge((await load.run({ connections, seconds, rate })).delivered);
      // In turns: what else the machine does changes meanwhile.
      for (let round = 0; round < rounds; round++) {
        await run(none);
        await visitors.whileAsked(() => run(asked));
        await visitors.whileOpen(() => run(open));
      }
      printHeading(`update → TPV, ${rate}/s`, LATENCY_COLUMNS.slice(1));
      printRow('no panel open', latencyCells(0, none).slice(1));
      printRow('its requests alone', latencyCells(0, asked).slice(1));
      printRow('two pages in a browser', latencyCells(0, open).slice(1));
      const [before = 0, ...after] = [none, asked, open].flatMap((one) => one.quantiles([0.5]));
      const added = after.map((p50) => `${((p50 / before - 1) * 100).toFixed(1)} %`);
      printRow('p50 with requests, with pages', added);
      load.close();
    } finally {
      await visitors.close();
    }
  });
  rmSync(join(folder, 'panel.db'), { force: true });
}

/** What everybody else waits while somebody asks for everything. */
async function loop({ rows, connections, seconds, tpvs }: Sizes): Promise<void> {
  const filled = await fill(join(folder, 'loop.db'), Math.max(...rows));
  const watchPath = join(folder, 'loop.watch');
  const watched = { LOOP_WATCH: watchPath, NODE_OPTIONS: `--import=${import.meta.resolve('./loop-watch.ts')}` };
  const work = async (hub: HubUnderLoad) => {
    // Until it listens it holds up nobody.
    await longestTurn(watchPath);
    await pause(FIRST_MS);
    const atFirstMs = await longestTurn(watchPath);
    const load = new Traffic(hub.url);
    await load.connect(await registerTpvs(hub.url, tpvs));
    await load.run({ connections, seconds });
    load.close();
    const atFullMs = await longestTurn(watchPath);
    const { idle, asked } = await holdUp({ url: hub.url, filled, watchPath });
    const all = new Latencies();
    for (const { beside } of asked) all.merge(beside);
    printHeading(`/healthz, ${whole(filled.instructions)} rows`, LATENCY_COLUMNS.slice(1));
    printRow('while nothing is asked for', latencyCells(0, idle).slice(1));
    printRow('while everything is', latencyCells(0, all).slice(1));
    printHeading('longest turn of the loop, CPU', ['ms']);
    printRow(`${FIRST_MS / 1_000} s from when it is ready on`, [atFirstMs.toFixed(2)]);
    printRow(`saturation, ${connections} connections`, [atFullMs.toFixed(2)]);
    printHeading('the worst of them', ['status', 'turn ms', ...LATENCY_COLUMNS.slice(1)]);
    const worst = asked.toSorted((a, b) => b.turnMs - a.turnMs);
    for (const { name, status, turnMs, beside } of worst.slice(0, WORST_SHOWN)) {
      printRow(name, [String(status), turnMs.toFixed(2), ...latencyCells(0, beside).slice(1)]);
    }
  };
  await withHub('loop', work, { env: watched });
  rmSync(join(folder, 'loop.db'), { force: true });
}

interface MeasuredHub {
  telegram?: TelegramSide;
  databaseUrl?: string;
  /** Variables of its process, beside those of docs/environment.md. */
  env?: Record<string, string>;
}

async function withHub<T>(
  name: string,
  work: (hub: HubUnderLoad) => Promise<T>,
  { telegram, databaseUrl = `sqlite:${join(folder, `${name}.db`)}`, env }: MeasuredHub = {},
): Promise<T> {
  const environment = (url: URL) => ({ ...slowDisk, ...env, ...hubEnvironment(databaseUrl, url, telegram) });
  const hub = await HubUnderLoad.make(environment, { log: 'dropped' });
  hubs.add(hub);
  try {
    await hub.start();
    return await work(hub);
  } finally {
    await hub.end();
    hubs.delete(hub);
  }
}
