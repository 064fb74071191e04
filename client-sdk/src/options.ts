import type { Pusher } from './api/push.ts';
import { type BackoffOptions, DEFAULT_BACKOFF } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { HubClientError } from './errors.ts';
import { inMemory } from './memory/in-memory.ts';
import type { Memory } from './memory/memory.ts';
import { atLeastOne, checkedApiKey, hubUrl, socketUrl } from './option-checks.ts';
import { LARGEST_MAX_IN_FLIGHT } from './protocol/codes.ts';
import type { Transport } from './status.ts';

/** Instructions that are asked for, for each handler that may run: one person's come one after the other. */
const IN_FLIGHT_PER_HANDLER = 4;

/** Where the client writes; a pino logger is one as it is. Fields never hold the API key. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = () => {};

/** Writes nothing: the default. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** What a client needs: the hub and the key; everything else has a default. */
export interface HubClientOptions {
  /** The hub's base, as for REST: `http://HOST:8100`. */
  url: string;
  apiKey: string;
  /** Handlers that run at once, each for another person. Default 16. The hub is asked for four times as many at once. */
  concurrency?: number;
  /**
   * `auto` (default): the WebSocket, and long polls over REST while it can't be had. `websocket`, `polling`: that alone.
   */
  transport?: 'auto' | Transport;
  backoff?: Partial<BackoffOptions>;
  /** What was done already. Default `inMemory()`; `fileMemory(path)` outlives the process. */
  memory?: Memory;
  /** Sends what `context.reply` says. Default: a `HubApi` with this `url` and `apiKey`. */
  pusher?: Pusher;
  logger?: Logger;
  /** For tests. */
  clock?: Clock;
}

/** How `connect()` connects. */
export interface ConnectOptions {
  /** Closes the client when it is aborted, now or later; a `connect()` that still waits rejects with `closed`. */
  signal?: AbortSignal;
}

/** How `close()` closes. */
export interface CloseOptions {
  /** How long running handlers and unanswered reports may take, in milliseconds. Default 10,000. */
  deadlineMs?: number;
}

/** The options, checked and complete. */
export interface Settings {
  baseUrl: string;
  socketUrl: URL;
  apiKey: string;
  concurrency: number;
  /** What the hub is asked to have out at once. */
  maxInFlight: number;
  transport: 'auto' | Transport;
  backoff: BackoffOptions;
  memory: Memory;
  logger: Logger;
  clock: Clock;
}

/** Checks `options` and fills in the defaults; throws `invalid_options`. */
export function settle(options: HubClientOptions): Settings {
  const backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
  const concurrency = atLeastOne('concurrency', options.concurrency ?? 16);
  return {
    baseUrl: hubUrl(options.url, '').href,
    socketUrl: socketUrl(options.url),
    apiKey: checkedApiKey(options.apiKey),
    concurrency,
    maxInFlight: Math.min(concurrency * IN_FLIGHT_PER_HANDLER, LARGEST_MAX_IN_FLIGHT),
    transport: knownTransport(options.transport ?? 'auto'),
    backoff: {
      ...backoff,
      baseMs: atLeastOne('backoff.baseMs', backoff.baseMs),
      maxMs: atLeastOne('backoff.maxMs', backoff.maxMs),
      resetAfterMs: atLeastOne('backoff.resetAfterMs', backoff.resetAfterMs),
    },
    memory: checkedMemory(options.memory ?? inMemory()),
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
  };
}

// A TPV in JavaScript has no compiler that checks these two.

function knownTransport(transport: 'auto' | Transport): 'auto' | Transport {
  if (['auto', 'websocket', 'polling'].includes(transport)) return transport;
  throw new HubClientError('invalid_options', { detail: 'transport: it is auto, websocket or polling' });
}

function checkedMemory(memory: Memory): Memory {
  if ((['begin', 'finish', 'forget'] as const).every((name) => typeof memory[name] === 'function')) return memory;
  throw new HubClientError('invalid_options', {
    detail: 'memory: inMemory(), fileMemory(path), or an object like them',
  });
}
