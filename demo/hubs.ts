import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Events } from '../src/events.ts';
import { startBalancer } from './balancer.ts';
import type { Choice } from './emulator/mod.ts';
import type { HubMessage } from './hub-messages.ts';
import { freePort } from './port.ts';

export interface DemoHubsOptions {
  count: number;
  /** Of the balancer before them; 0: any. */
  port: number;
  /** Variables of docs/environment.md that all of them have, but for PORT, once their common address is known. */
  env(url: string): Record<string, string>;
  /** Hears what happens at each of them (hub-messages.ts). */
  events: Pick<Events, 'emit'>;
}

/** Several hubs on one PostgreSQL behind a balancer. */
export interface DemoHubs {
  readonly url: string;
  /** Lets the visitor kill one, which is started again after a while. */
  readonly killing: Choice;
  close(): Promise<void>;
}

const FOLDER = import.meta.dirname;
/** Long enough to see that the others do without it. */
const AWAY_MS = 8_000;
const START_MS = 120_000;

/** One hub's place: its port, and the process that is there now. */
interface Place {
  port: number;
  child: ChildProcess | undefined;
  isUp: boolean;
}

/** Starts them: the first one alone, as it makes the tables. */
export async function startHubs(options: DemoHubsOptions): Promise<DemoHubs> {
  const { count, env, events } = options;
  // Away from an .env and data that may lie in the project's folder.
  const folder = mkdtempSync(join(tmpdir(), 'valletpv-demo-'));
  const places: Place[] = [];
  for (let i = 0; i < count; i++) places.push({ port: await freePort(0), child: undefined, isUp: false });
  const balancer = await startBalancer(
    options.port,
    places.map(({ port }) => port),
  );
  const closing = new AbortController();
  const restarts = new Set<Promise<void>>();
  let next = 0;

  const start = async (place: Place) => {
    closing.signal.throwIfAborted();
    const child = spawn(process.execPath, [join(FOLDER, 'hub-process.ts')], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH ?? '',
        // The next one starts in half the time.
        NODE_COMPILE_CACHE: join(FOLDER, '../node_modules/.cache/compiled'),
        ...env(balancer.url),
        PORT: String(place.port),
      },
    });
    place.child = child;
    child.on('exit', () => {
      if (place.child === child) place.isUp = false;
    });
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    child.on('message', (message: HubMessage) => {
      if (message === 'ready') resolve();
      else events.emit(message);
    });
    const late = new AbortController();
    const outcome = await Promise.race([
      ready.then(() => 'ready'),
      once(child, 'exit').then(() => 'ended'),
      pause(START_MS, 'late', { signal: late.signal }),
    ]);
    late.abort();
    if (outcome === 'ready') place.isUp = true;
    else if (!closing.signal.aborted)
      throw new Error(`A hub did not start: it ${outcome === 'late' ? 'takes too long' : 'ended'}.`);
  };

  const comeBack = async (place: Place) => {
    await pause(AWAY_MS, undefined, { signal: closing.signal });
    await start(place);
  };

  const kill = async () => {
    const up = places.filter(({ isUp }) => isUp);
    const place = up[next++ % up.length];
    // The last one stays: with none left, there is nothing to see.
    if (place?.child === undefined || up.length === 1) return;
    // The next press takes another one.
    place.isUp = false;
    const ended = once(place.child, 'exit');
    place.child.kill('SIGKILL');
    await ended;
    const back = comeBack(place)
      // The demo ends, or says by itself why no hub came.
      .catch((error) => void (closing.signal.aborted || console.error(String(error))))
      .finally(() => restarts.delete(back));
    restarts.add(back);
  };

  const close = async () => {
    closing.abort();
    await Promise.all([
      ...restarts,
      ...places.map(async ({ child }) => {
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        if (child.connected) child.disconnect();
        await ended;
      }),
    ]);
    await balancer.close();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const [first, ...others] = places;
    if (first !== undefined) await start(first);
    await Promise.all(others.map(start));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: balancer.url,
    killing: {
      label: 'Hubs',
      isAct: true,
      options: [{ value: 'kill', text: 'Matar un hub' }],
      current: () => `${places.filter(({ isUp }) => isUp).length} de ${count} en marcha`,
      choose: kill,
    },
    close,
  };
}
