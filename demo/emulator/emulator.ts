import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BotApi } from './bot-api.ts';
import type { Call } from './call.ts';
import { CallbackQueries } from './callback-queries.ts';
import { Chats, type Profile } from './chats.ts';
import type { Choice } from './choice.ts';
import { type EmulatorClock, machineClock } from './clock.ts';
import { Control } from './control.ts';
import { Delivery } from './delivery.ts';
import { EventStreams } from './event-streams.ts';
import { type EmulatorEvent, Feed } from './feed.ts';
import { FileStore } from './files.ts';
import { Ledger } from './ledger.ts';
import { SendLimits } from './limits.ts';
import type { Chat, Update, UpdateContent } from './message.ts';
import { botMethods } from './methods/bot.ts';
import { editMethods } from './methods/edit.ts';
import { sendMethods } from './methods/send.ts';
import { updateMethods } from './methods/updates.ts';
import { Person } from './person.ts';
import { Polling } from './polling.ts';
import type { PostAnswer } from './post.ts';
import { type FailRule, Rules } from './rules.ts';
import { router } from './server.ts';
import { UpdateQueue } from './updates.ts';
import { WAIT_MS, Waits } from './waits.ts';
import type { WebhookConfig } from './webhook.ts';

export interface EmulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a random free one. */
  port?: number;
  /** `<digits>:<made up>`; obviously fake by default. */
  token?: string;
  botUsername?: string;
  /** The second pause before an update is posted again (the first is none); doubles up to 60..120 s. Default 2000. */
  retryBaseMs?: number;
  /** How long a webhook may take to answer. Default 60,000. */
  webhookTimeoutMs?: number;
  /** How long a press can be answered. Default 10 minutes. */
  callbackQueryTtlMs?: number;
  /** A server of one's own (`--local`): it serves no files, and keeps them here in a folder of the token's name. */
  fileRoot?: string;
  /** Whether Telegram's limits hold: 30 messages/s in all, 1/s per chat with a burst of 6. Default true. */
  limits?: boolean;
  /** All waits go by it. Default: the machine's. */
  clock?: EmulatorClock;
  /** 0..1; default Math.random. */
  random?: () => number;
  /** How many calls are kept. Default 200,000. */
  maxCalls?: number;
  /** Hears every step as it happens; must not throw. */
  onEvent?: (event: EmulatorEvent) => void;
}

/** Where a person starts: `started` lets the bot write before the person wrote. */
export interface PersonProfile extends Profile {
  started?: boolean;
}

export interface Emulator {
  /** `http://host:port`: grammY's `apiRoot`. */
  readonly apiRoot: string;
  readonly token: string;
  readonly botUsername: string;
  readonly calls: readonly Call[];
  readonly webhook: WebhookConfig | undefined;
  /** The person with this id; made where there is none yet. */
  person(profile: PersonProfile): Person;
  /** The first call that matches, past or future. Default timeout 5,000 ms. */
  waitForCall(match: (call: Call) => boolean, timeoutMs?: number): Promise<Call>;
  /** Bends calls that match; returns how to remove the rule. */
  fail(rule: FailRule): () => void;
  blocked(personId: number, blocked: boolean): void;
  /** Has a chat wait for so long as after a flood, or the whole bot; asking meanwhile prolongs it. */
  limit(chatId: number | undefined, seconds: number): void;
  /** Off: the Bot API answers 503 to everything, and no update is posted. */
  off(isOff: boolean): void;
  /** Lets the chat page's visitor choose something more. */
  offer(choice: Choice): void;
  /** How many calls get no answer until time passes, or what holds them ends. */
  readonly held: number;
  /** How many updates the bot has not taken yet. */
  pendingUpdates(): number;
  /** Waits until the bot has taken every update. Default timeout 5,000 ms. */
  drained(timeoutMs?: number): Promise<void>;
  /** Queues an update of any kind (a group's message, a channel's post) and returns its update_id. */
  inject(content: UpdateContent): number;
  /** Posts a whole update to the webhook at once, past the queue: the same update_id again, or out of order. */
  post(update: Update): Promise<PostAnswer>;
  /** Posts any body to the webhook, with its secret unless `headers` say otherwise. */
  deliverRaw(body: string | Buffer, headers?: Record<string, string>): Promise<PostAnswer>;
  close(): Promise<void>;
}

const defaultToken = '1234567:emulator-made-up-token';

/**
 * Starts a Telegram Bot API on this machine, with the people who talk to the bot.
 *
 * @example
 * const emulator = await startEmulator();
 * const ana = emulator.person({ id: 42, first_name: 'Ana' });
 * ana.send('/start');
 * const answer = await ana.waitForMessage();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, token = defaultToken, botUsername = 'valletpv_demo_bot' } = options;
  const botId = Number(/^(\d+):/.exec(token)?.[1]);
  if (!Number.isSafeInteger(botId)) throw new Error('The token must look like 1234567:anything-made-up.');

  const { clock = machineClock, random = Math.random } = options;
  const feed = new Feed(clock);
  if (options.onEvent !== undefined) feed.subscribe(options.onEvent);
  const waits = new Waits();
  const rules = new Rules();
  const files = new FileStore(options.fileRoot && join(options.fileRoot, token));
  const queue = new UpdateQueue(feed, clock);
  const ledger = new Ledger(options.maxCalls ?? 200_000, waits);
  const queries = new CallbackQueries(clock, options.callbackQueryTtlMs ?? 600_000);
  const bot = { id: botId, is_bot: true, first_name: 'ValleTPV', username: botUsername };
  const chats = new Chats(bot, feed, clock);
  const { retryBaseMs = 2000, webhookTimeoutMs = 60_000 } = options;
  const delivery = new Delivery(queue, feed, clock, { retryBaseMs, webhookTimeoutMs, random });
  const polling = new Polling(queue, clock, () => delivery.config !== undefined);
  const limits = new SendLimits(clock, options.limits ?? true);
  const api = new BotApi({
    token,
    files,
    rules,
    ledger,
    feed,
    limits,
    clock,
    methods: {
      ...botMethods(chats, files, queries, feed),
      ...updateMethods(queue, delivery, polling),
      ...sendMethods(chats, files),
      ...editMethods(chats),
    },
  });

  const people = new Map<number, Person>();
  const personFor = ({ started, ...profile }: PersonProfile): Person => {
    const record = chats.open(profile);
    if (started === true) record.started = true;
    const person = people.get(profile.id) ?? new Person(record, { chats, queue, queries, files, waits });
    people.set(profile.id, person);
    return person;
  };

  const streams = new EventStreams(feed);
  const off = (isOff: boolean) => {
    api.isOff = isOff;
    delivery.pause(isOff);
    feed.emit({ kind: 'telegram', off: isOff });
  };
  const telegram = { isOff: () => api.isOff, turn: off };
  const offered: Choice[] = [];
  const control = new Control({ chats, files, streams, people, personFor, telegram, offered });
  const server = createServer(router(api, control));
  const end = () => {
    rules.close();
    polling.end();
    delivery.close();
    api.close();
    streams.close();
    waits.close();
  };
  const { port: boundPort } = await listen(server, host, port).catch((error: unknown) => {
    end();
    throw new Error(`The emulator can't listen on ${host}:${port}: choose another port, or 0.`, { cause: error });
  });

  let closed: Promise<void> | undefined;
  const close = async () => {
    end();
    const ended = Promise.withResolvers<void>();
    server.close(() => ended.resolve());
    server.closeAllConnections();
    await ended.promise;
    feed.close();
  };

  return {
    apiRoot: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    token,
    botUsername,
    calls: ledger.calls,
    get webhook() {
      return delivery.config;
    },
    person: personFor,
    waitForCall: (match, timeoutMs = WAIT_MS) => ledger.waitFor(match, timeoutMs),
    fail: (rule) => rules.add(rule),
    blocked: (personId, blocked) => {
      const person = people.get(personId);
      if (person === undefined) throw new Error(`There is no person ${personId}: make one with person({id, ...}).`);
      person.block(blocked);
    },
    limit: (chatId, seconds) => limits.wait(chatId, seconds),
    off,
    offer(choice) {
      offered.push(choice);
    },
    get held() {
      return api.held;
    },
    pendingUpdates: () => queue.size,
    drained: (timeoutMs = WAIT_MS) => queue.drained(waits, timeoutMs),
    inject: (content) => {
      const chat = chatOf(content);
      if (chat !== undefined && chat.type !== 'private') chats.join(chat);
      return queue.add(content);
    },
    post: (update) => delivery.raw(JSON.stringify(update)),
    deliverRaw: (body, headers) => delivery.raw(body, headers),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  // A client reuses a connection right when the server lets it go: that fault belongs to rules, not to chance.
  server.keepAliveTimeout = 120_000;
  server.listen(port, host);
  await once(server, 'listening');
  // A TCP server's address is an object; only pipes have a string.
  return server.address() as AddressInfo;
}

function chatOf(content: UpdateContent): Chat | undefined {
  for (const object of Object.values(content)) {
    const chat = typeof object === 'object' && object !== null && 'chat' in object ? object.chat : undefined;
    // What a test injects is as it says; only the id is needed to find the chat again.
    if (typeof chat === 'object' && chat !== null && 'id' in chat && typeof chat.id === 'number') return chat as Chat;
  }
  return undefined;
}
