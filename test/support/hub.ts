import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../demo/emulator/mod.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { SharedCluster } from '../../src/cluster/postgres-cluster.ts';
import { readConfig } from '../../src/config/config.ts';
import type { HubDisk } from '../../src/db/open.ts';
import type { LevelledMigrations } from '../../src/db/schema-level.ts';
import { createHub, type Hub, type HubMachine } from '../../src/hub/hub.ts';
import type { Logs } from '../../src/log/log.ts';
import type { RoomOf } from '../../src/operations/backup/space.ts';
import type { TestClock } from './clock.ts';
import { logsOf, testLog } from './log.ts';
import { makeMemoryFolder } from './memory-folder.ts';
import { copyMigratedFile } from './migrated-database.ts';
import { createPostgresDatabase, hasPostgres } from './postgres.ts';
import { openSocket, type TestSocket } from './socket.ts';
import { alwaysThreeHubs, asOne, THREE_HUBS } from './three-hubs.ts';
import { patience, TEST_MS, within } from './within.ts';

export type DialectUnderTest = 'sqlite' | 'postgres';
/** Both, but in `npm run test:fast`, and in `npm run test:cluster`, where each hub of a test is three. */
export const DIALECTS = dialects();
/** The same, and three hubs: for suites that hold what TPVs rely on. */
export type HubsUnderTest = DialectUnderTest | typeof THREE_HUBS;
export const DIALECTS_AND_THREE_HUBS: readonly HubsUnderTest[] =
  hasPostgres() && !alwaysThreeHubs() ? [...DIALECTS, THREE_HUBS] : DIALECTS;

/** A test that looks into what one hub has in memory, or counts what each hub counts for itself. */
export const testOfOneHub = test.skipIf(alwaysThreeHubs());

export const WEBHOOK_SECRET = 'a-made-up-webhook-secret';
export const ADMIN_TOKEN = 'a-made-up-administrator-token';

/** For hubs that share a PostgreSQL: none is taken for dead, however slow its machine is. */
export const SHARED: SharedCluster = { leaseMs: 60_000 };

export interface HubOptions {
  /** Variables of docs/environment.md, over the test's defaults. */
  env?: Record<string, string>;
  clock?: Clock;
  database?: HubsUnderTest;
  /** An existing database instead of a fresh one (`sqlite:…` or `postgres://…`). */
  databaseUrl?: string;
  /** Where the hub logs; nowhere by default (CONTRIBUTING.md, TEST_LOG). */
  log?: Logger;
  /** The same, with the access log apart. */
  logs?: Logs;
  /** How SQLite's log is synced. */
  disk?: HubDisk;
  /** Of the disk for copies of the database; plenty by default, as what the tests' disk has is no matter of theirs. */
  room?: RoomOf;
  /** Other hubs share its PostgreSQL. */
  shared?: HubMachine['shared'];
  /** Other ones than the program's, as a newer one has. */
  migrations?: LevelledMigrations;
  emulator?: Emulator;
  emulatorOptions?: EmulatorOptions;
}

/** A TPV that a test registered. */
export interface TestTpv {
  id: string;
  key: string;
  /** Calls the API as this TPV. */
  fetch(path: string, init?: JsonInit): Promise<Answer>;
  /** Opens its socket and waits for the welcome. */
  socket(options?: { maxInFlight?: number }): Promise<TestSocket>;
}

export interface JsonInit {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: string | Buffer<ArrayBuffer>;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON, or the text where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; their assertions are the check.
  body: any;
}

/** A real hub on a random port with a real database and a Bot API emulator, taken down with the test. */
export interface TestHub {
  url: string;
  /** Where there are three: the first, which hears what happens at any of them. */
  hub: Hub;
  hubs: readonly Hub[];
  databaseUrl: string;
  clock: Clock;
  emulator: Emulator;
  /** Registers a TPV (active, as registration is open here) and gives it back with its key. */
  tpv(fields?: Record<string, unknown>): Promise<TestTpv>;
  fetch(path: string, init?: JsonInit): Promise<Answer>;
  /** Calls as the administrator's script. */
  admin(path: string, init?: JsonInit): Promise<Answer>;
  /** Posts a message as Telegram does, and gives back the answer. */
  message(updateId: number, text: string, from?: number): Promise<Answer>;
  /** Posts any update as Telegram does. */
  update(body: unknown): Promise<Answer>;
  /** Has the emulator deliver its updates to this hub. */
  emulatorDelivers(): Promise<void>;
  /** Closes it before the test ends; again is fine. */
  close(): Promise<void>;
}

function dialects(): readonly DialectUnderTest[] {
  if (!hasPostgres()) return ['sqlite'];
  return alwaysThreeHubs() ? ['postgres'] : ['sqlite', 'postgres'];
}

const plenty: RoomOf = async () => ({ freeBytes: 1e12, sizeBytes: 2e12 });

export async function startHub(options: HubOptions = {}): Promise<TestHub> {
  // A clock that a test moves has the hub send within a moment what takes a minute: Telegram's limits would strike.
  const limits = options.clock === undefined;
  const emulator = options.emulator ?? (await startEmulator({ limits, ...options.emulatorOptions }));
  if (options.emulator === undefined) onTestFinished(() => emulator.close());
  const { database = alwaysThreeHubs() ? THREE_HUBS : 'sqlite' } = options;
  const databaseUrl = options.databaseUrl ?? (await freshDatabase(database, 'migrated'));
  const isThree = (database === THREE_HUBS || alwaysThreeHubs()) && options.shared === undefined;
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    TELEGRAM_API_ROOT: emulator.apiRoot,
    TPV_REGISTRATION: 'open',
    ADMIN_TOKEN,
    ...options.env,
  });
  const log = options.log ?? testLog();
  const { clock = systemClock() } = options;
  const machine = { room: plenty, ...options, ...(isThree && { shared: SHARED }) };
  const start = async () => {
    const made = await createHub(config, options.logs ?? logsOf(log), clock, machine);
    onTestFinished(() => closeHub(made, clock));
    const writeDocuments = putOffDocuments(made);
    const address = await made.listen();
    writeDocuments();
    return { hub: made, url: address };
  };
  const hubs = isThree ? ([await start(), await start(), await start()] as const) : ([await start()] as const);
  const { hub, url } = isThree ? await asOne(hubs) : hubs[0];
  const close = () => closeHub(hub, clock);
  const call = (path: string, init?: JsonInit) => fetchJson(new URL(path, url).href, init);
  const withHeader = (init: JsonInit | undefined, authorization: string): JsonInit => ({
    ...init,
    headers: { authorization, ...init?.headers },
  });
  const update = (body: unknown) => {
    letWriterBeAnswered(emulator, body);
    return call('/webhook/telegram/', {
      method: 'POST',
      json: body,
      headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
    });
  };
  return {
    url,
    hub,
    hubs: hubs.map((one) => one.hub),
    databaseUrl,
    clock,
    emulator,
    fetch: call,
    admin: (path, init) => call(path, withHeader(init, `Token ${ADMIN_TOKEN}`)),
    update,
    message: (updateId, text, from = 1001) => update(messageUpdate(updateId, text, from)),
    close,
    async emulatorDelivers() {
      const set = await call('/webhook/setup/', {
        method: 'POST',
        json: { url: `${url}/webhook/telegram/` },
        headers: { authorization: `Token ${ADMIN_TOKEN}` },
      });
      if (set.status !== 200) throw new Error(`The webhook was not set: ${JSON.stringify(set.body)}`);
    },
    async tpv(fields = {}) {
      const json = { name: 'TPV de prueba', endpoint_url: 'http://127.0.0.1:9', ...fields };
      const answer = await call('/api/tpv/register/', { method: 'POST', json });
      if (answer.status !== 201) throw new Error(`Registering failed: ${JSON.stringify(answer.body)}`);
      const { id, api_key: key } = answer.body;
      return {
        id,
        key,
        fetch: (path, init) => call(path, withHeader(init, `ApiKey ${key}`)),
        async socket({ maxInFlight } = {}) {
          const socket = await openSocket(url, { key });
          await socket.next('welcome');
          if (maxInFlight !== undefined) socket.send({ type: 'flow', max_in_flight: maxInFlight });
          return socket;
        },
      };
    },
  };
}

/**
 * Writing the API's documents takes longer than all else of a hub's start: here the first who asks for them waits.
 * @returns what has them written from then on
 */
function putOffDocuments({ app }: Hub): () => void {
  const { swagger } = app;
  Object.assign(app, { swagger: () => undefined });
  return () => Object.assign(app, { swagger });
}

/** Less than what a hook may take. */
const CLOSE_MS = 40_000;

/** A drain waits on the hub's clock: one that a test moves by hand has to go on meanwhile. */
async function closeHub(hub: Hub, clock: Clock | TestClock): Promise<void> {
  const closed = hub.close();
  if (!('advance' in clock)) return closed;
  let closing = true;
  const done = closed.finally(() => {
    closing = false;
  });
  const waits = patience(() => 'The hub did not close', CLOSE_MS);
  for (; closing; waits()) {
    await clock.advance(50);
    // What it does besides waiting takes time, on disk and sockets: this clock must not run away from it.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return done;
}

/** A message in a private chat, as Telegram words it. */
const privateMessage = z.object({
  message: z.object({
    chat: z.object({ type: z.literal('private') }),
    from: z.object({ id: z.int().positive(), first_name: z.string() }),
  }),
});

/** As at Telegram: a bot may answer who writes to it, also where a test posts their update past the emulator. */
function letWriterBeAnswered(emulator: Emulator, update: unknown): void {
  const { data } = privateMessage.safeParse(update);
  if (data !== undefined) emulator.person({ ...data.message.from, started: true });
}

export function messageUpdate(updateId: number, text: string, from = 1001) {
  return {
    update_id: updateId,
    message: {
      message_id: updateId,
      date: 1_762_684_200,
      text,
      from: { id: from, is_bot: false, first_name: 'Ana', username: `ana_${from}`, language_code: 'es' },
      chat: { id: from, type: 'private', first_name: 'Ana' },
    },
  };
}

/**
 * The URL of a new database that goes with the test.
 * @param content `migrated`: as a hub's is after its start
 */
export async function freshDatabase(dialect: HubsUnderTest, content: 'empty' | 'migrated' = 'empty'): Promise<string> {
  if (dialect !== 'sqlite') {
    const { url, drop } = await createPostgresDatabase(content);
    onTestFinished(drop);
    return url;
  }
  const dir = makeMemoryFolder('hub-test-');
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  if (content === 'migrated') copyMigratedFile(join(dir, 'hub.db'));
  return `sqlite:${join(dir, 'hub.db')}`;
}

/** A long poll waits, too, and so does a login behind others; a test's own limit does not say what was missing. */
const ANSWER_MS = TEST_MS / 2;

export async function fetchJson(url: string, { json, body, headers, method, signal }: JsonInit = {}): Promise<Answer> {
  const asked = fetch(url, {
    method: method ?? 'GET',
    headers: json === undefined ? { ...headers } : { 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const response = await within(asked, () => `${method ?? 'GET'} ${url} was not answered`, ANSWER_MS);
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not JSON: the text is the answer.
  }
  return { status: response.status, headers: response.headers, body: parsed };
}
