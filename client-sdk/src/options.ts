import { type Clock, systemClock } from './clock.ts';
import { type BackoffOptions, DEFAULT_BACKOFF } from './connection/backoff.ts';
import { HubClientError } from './errors.ts';
import { checkedApiKey, socketUrl } from './hub-url.ts';
import { type Logger, silentLogger } from './logger.ts';
import { DEFAULT_MEMORY, type MemoryLimits } from './work/memory.ts';

export interface HubClientOptions {
  /** The hub's base, as for REST: `http://HOST:8100`. */
  url: string;
  apiKey: string;
  /** Handlers that run at once, each for another person. Default 16. */
  concurrency?: number;
  backoff?: Partial<BackoffOptions>;
  memory?: Partial<MemoryLimits>;
  logger?: Logger;
  /** For tests. */
  clock?: Clock;
}

/** The options, checked and complete. */
export interface Settings {
  url: URL;
  apiKey: string;
  concurrency: number;
  backoff: BackoffOptions;
  memory: MemoryLimits;
  logger: Logger;
  clock: Clock;
}

/** Checks `options` and fills in the defaults; throws `invalid_options`. */
export function settle(options: HubClientOptions): Settings {
  const backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
  const memory = { ...DEFAULT_MEMORY, ...options.memory };
  return {
    url: socketUrl(options.url),
    apiKey: checkedApiKey(options.apiKey),
    concurrency: atLeastOne('concurrency', options.concurrency ?? 16),
    backoff: {
      ...backoff,
      baseMs: atLeastOne('backoff.baseMs', backoff.baseMs),
      maxMs: atLeastOne('backoff.maxMs', backoff.maxMs),
      resetAfterMs: atLeastOne('backoff.resetAfterMs', backoff.resetAfterMs),
    },
    memory: {
      maxEntries: atLeastOne('memory.maxEntries', memory.maxEntries),
      maxBytes: atLeastOne('memory.maxBytes', memory.maxBytes),
    },
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
  };
}

function atLeastOne(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new HubClientError('invalid_options', { detail: `${name}: it must be a whole number from 1` });
}
