import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config/config.ts';
import { type Database, openDatabase } from '../src/db/open.ts';
import { type EventSource, Events } from '../src/events.ts';
import { createHub } from '../src/hub/hub.ts';
import { openLogs } from '../src/log/log.ts';
import { type Choice, type Emulator, startEmulator } from './emulator/mod.ts';
import { type DemoHubs, startHubs } from './hubs.ts';
import { type Operator, operator } from './operator.ts';
import { freePort } from './port.ts';
import { openRestaurant, type Restaurant, type RestaurantPorts, type TpvMode } from './restaurant.ts';
import { Timeline } from './timeline.ts';

export const RESTAURANT = 'Bar La Esquina';
/** How long a message waits here until its person is told. */
export const WAITING_NOTICE_MS = 5_000;
/** What comes in milliseconds; where it does not, also on a busy machine, the demo says what is missing. */
export const STEP_MS = 60_000;

type Ending = () => void | Promise<void>;

/** Where the demo would like to listen; 0: anywhere. */
export interface WantedPorts {
  chat: number;
  hub: number;
}

/** Several hubs on one PostgreSQL, instead of one on SQLite. */
export interface WantedHubs {
  count: number;
  /** Of a PostgreSQL that is there; undefined: one is started. */
  databaseUrl?: string | undefined;
}

/** Everything that plays, up and connected. */
export interface Stage {
  emulator: Emulator;
  hubUrl: string;
  /** What happens, after it was committed. */
  events: EventSource;
  /** Where the hubs keep it. */
  db: Database;
  /** Undefined where there is one hub, in this process. */
  hubs: DemoHubs | undefined;
  /** Lets restaurants in, and what else needs an administrator. */
  operator: Operator;
  restaurant: Restaurant;
  /** Opens another restaurant, which closes with the stage. */
  open(name: string, special?: Partial<Pick<RestaurantPorts, 'admitted' | 'trouble'>>): Promise<Restaurant>;
  timeline: Timeline;
  /** Wanted ports that another program has. */
  taken: number[];
  close(): Promise<void>;
}

/**
 * Starts a Bot API emulator, the hub on a fresh SQLite that goes with it, or several on a PostgreSQL, and a restaurant's TPV
 * on the SDK.
 * @throws Error with a sentence where one of them doesn't start; what was started is ended again
 */
export async function setStage(wanted: WantedPorts, several?: WantedHubs): Promise<Stage> {
  const timeline = new Timeline();
  const endings: Ending[] = [];
  const close = async () => {
    for (let end = endings.pop(); end !== undefined; end = endings.pop()) await end();
  };
  try {
    const [chatPort, hubPort] = [await freePort(wanted.chat), await freePort(wanted.hub)];
    const taken: number[] = [];
    if (wanted.chat !== 0 && chatPort !== wanted.chat) taken.push(wanted.chat);
    if (wanted.hub !== 0 && hubPort !== wanted.hub) taken.push(wanted.hub);

    const emulator = await startEmulator({ port: chatPort, onEvent: (event) => timeline.emulator(event) });
    endings.push(() => emulator.close());

    const adminToken = randomBytes(24).toString('base64url');
    const env = {
      TELEGRAM_BOT_TOKEN: emulator.token,
      TELEGRAM_API_ROOT: emulator.apiRoot,
      TELEGRAM_WEBHOOK_SECRET: 'only-for-the-demo-on-this-machine',
      ADMIN_TOKEN: adminToken,
      // A restaurant that the demo closes is soon seen to be.
      OFFLINE_GRACE_SECONDS: '2',
      // Nor does its visitor wait for two minutes to be told that a TPV is slow.
      WAITING_NOTICE_SECONDS: String(WAITING_NOTICE_MS / 1_000),
    };
    const settings = { port: hubPort, env };
    const {
      url: hubUrl,
      events,
      db,
      hubs,
    } = await (several === undefined ? oneHub(settings, endings) : severalHubs(several, settings, endings));
    events.on('instruction.reported', ({ id, status }) => timeline.report(id, status));
    await emulator.waitForCall(({ method, outcome }) => method === 'setWebhook' && outcome.ok, STEP_MS);

    const admin = operator(hubUrl, adminToken);
    const open: Stage['open'] = async (name, special) => {
      const opened = await openRestaurant({
        hubUrl,
        name,
        admitted: (tpvId) => admin.change('POST', `/api/admin/tpvs/${tpvId}/activate`),
        received: (instruction) => timeline.instruction(instruction),
        answered: (instruction, response) => timeline.response(instruction, response),
        ...special,
      });
      endings.push(() => opened.close());
      return opened;
    };
    const restaurant = await open(RESTAURANT);
    emulator.offer(modeOf(restaurant));
    if (hubs !== undefined) emulator.offer(hubs.killing);
    return { emulator, hubUrl, events, db, hubs, operator: admin, open, restaurant, timeline, taken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface HubSettings {
  port: number;
  env: Record<string, string>;
}

type Hubs = Pick<Stage, 'events' | 'db' | 'hubs'> & { url: string };

/** One hub in this process, on a fresh SQLite. */
async function oneHub({ port, env }: HubSettings, endings: Ending[]): Promise<Hubs> {
  const folder = mkdtempSync(join(tmpdir(), 'valletpv-demo-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  const logs = await openLogs({ level: 'warn' });
  endings.push(() => logs.flush());
  const config = readConfig({
    ...env,
    PORT: String(port),
    DATABASE_URL: `sqlite:${join(folder, 'hub.db')}`,
    TELEGRAM_WEBHOOK_URL: webhookAt(`http://127.0.0.1:${port}`),
  });
  const hub = await createHub(config, logs);
  endings.push(() => hub.close());
  return { url: await hub.listen(), events: hub.events, db: hub.db, hubs: undefined };
}

/** Several, each a process, on one PostgreSQL. */
async function severalHubs(
  { count, databaseUrl }: WantedHubs,
  settings: HubSettings,
  endings: Ending[],
): Promise<Hubs> {
  const url = databaseUrl ?? (await freshPostgres(endings));
  const events = new Events((error) => console.error(error));
  const envAt = (hubsUrl: string) => ({
    ...settings.env,
    DATABASE_URL: url,
    HUB_LEASE_SECONDS: '3',
    TELEGRAM_WEBHOOK_URL: webhookAt(hubsUrl),
  });
  const hubs = await startHubs({ count, port: settings.port, env: envAt, events });
  endings.push(() => hubs.close());
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  endings.push(() => db.close());
  return { url: hubs.url, events, db, hubs };
}

async function freshPostgres(endings: Ending[]): Promise<string> {
  // The machine's own, or the one that comes with npm for development; nothing else of the demo needs it.
  const { startPostgres } = await import('../test/support/postgres.ts');
  const server = await startPostgres();
  endings.push(() => server.stop());
  return server.url;
}

function webhookAt(url: string): string {
  return `${url}/webhook/telegram/`;
}

/** Lets the visitor of the chat page say how the first restaurant's TPV does. */
function modeOf(restaurant: Restaurant): Choice {
  return {
    label: `TPV de ${RESTAURANT}`,
    options: Object.entries(MODES).map(([value, text]) => ({ value, text })),
    current: () => restaurant.mode,
    async choose(value) {
      // One of the options above.
      await restaurant.become(value as TpvMode);
    },
  };
}

const MODES: Readonly<Record<TpvMode, string>> = { on: 'Encendido', paused: 'En pausa', slow: 'Lento', off: 'Apagado' };
