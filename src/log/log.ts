import { type Logger, pino } from 'pino';
import { loggedError } from './error.ts';
import { openRolled } from './file.ts';
import { maskOf } from './mask.ts';
import {
  CHUNK_BYTES,
  FLUSH_INTERVAL_MS,
  type GuardedStream,
  guarded,
  MAX_BUFFERED_BYTES,
  MAX_WRITE_BYTES,
} from './stream.ts';

export type { Logger } from 'pino';

/** Headers and fields whose value never reaches a log. */
const REDACTED = [
  'authorization',
  'cookie',
  '*.authorization',
  '*.cookie',
  '*["x-telegram-bot-api-secret-token"]',
  '*["x-registration-token"]',
  '*["sec-websocket-protocol"]',
  'api_key',
  '*.api_key',
  'signing_secret',
  '*.signing_secret',
];

/** A log's file is closed and the next begun when it has grown to this. */
const MAX_FILE_SIZE = '50m';

/**
 * What a process writes: the program's log, and one line for each thing that came in or went out.
 *
 * One message can be followed by its ids through `access`:
 * 1. `POST /webhook/telegram/` has `update_id`, and `instruction_id` if the update became an instruction;
 * 2. its TPV reports over REST: the line's `path` has that id; over a socket: only at `LOG_LEVEL=debug`, in `log`,
 *    in which each hand-out, report and end of an instruction is one line with `instruction_id`;
 * 3. a push that a TPV sends: its line has `push_message_id`, and `instruction_id` if it is a reply that the SDK
 *    sent from its handler; what the hub itself says because of an instruction has both ids too;
 * 4. how that push fared with Telegram: `push: "sent" | "failed" | "unknown"`, with the same `push_message_id`.
 *
 * An answer with a 5xx status shows its request's `id` (`x-request-id`), which its lines in both logs have.
 * What people write is in none of them, nor are secrets; see log/error.ts and log/mask.ts.
 */
export interface Logs {
  log: Logger;
  access: Logger;
  /** Takes secrets out of what a stranger sent, before it is logged to `access`. */
  mask(text: string): string;
  /** Lines that could not be written so far. */
  dropped(): number;
  /** Writes what is buffered; the last thing a process does. Never rejects. */
  flush(): Promise<void>;
}

export interface LogOptions {
  level: string;
  /** The folder of `access.log` and `error.log`; undefined: both to standard output. */
  dir?: string | undefined;
  /** What must never be in a line, wherever it comes from. */
  secrets?: readonly string[];
  /** How large a file gets, as pino-roll spells it. */
  fileSize?: string;
}

/**
 * Opens the logs. Without `dir` both go to standard output; with it, to `access.log` and `error.log` in that
 * folder, rotated daily and at 50 MB, 14 kept. A disk that is full later on costs lines, and nothing else.
 * @throws Error with a sentence if `dir` can't be written
 */
export async function openLogs(options: LogOptions): Promise<Logs> {
  const { dir, fileSize: size = MAX_FILE_SIZE } = options;
  if (dir === undefined) {
    const stream = pino.destination({
      dest: 1,
      sync: false,
      minLength: CHUNK_BYTES,
      maxWrite: MAX_WRITE_BYTES,
      maxLength: MAX_BUFFERED_BYTES,
      periodicFlush: FLUSH_INTERVAL_MS,
    });
    const out = guarded(stream, 'Standard output');
    return logsOver(options, out, out, { kind: 'access' });
  }
  const [error, access] = await Promise.all([
    // Lines of the program are few, and the last one matters.
    openRolled({ dir, name: 'error', size, minLength: 1 }),
    openRolled({ dir, name: 'access', size, minLength: CHUNK_BYTES }),
  ]);
  return logsOver(options, error, access, null);
}

function logsOver(
  { level, secrets = [] }: LogOptions,
  error: GuardedStream,
  access: GuardedStream,
  accessBase: { kind: string } | null,
): Logs {
  const mask = maskOf(secrets);
  const streams = new Set([error, access]);
  const log = pino(
    {
      level,
      base: null,
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: {
        err: (err: unknown) => loggedError(err),
        // fastify logs the whole objects in places, with headers and body, and addresses with their queries.
        req: () => undefined,
        res: () => undefined,
        path: withoutQuery,
        url: withoutQuery,
      },
      hooks: {
        streamWrite: mask,
        logMethod(args, method) {
          method.apply(this, withOwnMessage(args));
        },
      },
    },
    error.stream,
  );
  return {
    log,
    access: pino({ level, base: accessBase }, access.stream),
    mask,
    dropped: () => [...streams].reduce((sum, stream) => sum + stream.dropped, 0),
    async flush() {
      await Promise.all([...streams].map((stream) => stream.flush()));
    },
  };
}

function withoutQuery(address: unknown): string {
  return String(address).split('?', 1)[0] ?? '';
}

type LogArguments = Parameters<Logger['info']>;

/** For a line without words of its own, pino takes the error's, as they are. */
function withOwnMessage(args: LogArguments): LogArguments {
  const [first, message]: unknown[] = args;
  const err = first instanceof Error ? first : Object(first).err;
  if (!(err instanceof Error) || (message !== undefined && message !== err.message)) return args;
  const fields = first instanceof Error ? { err } : { ...Object(first) };
  return [fields, loggedError(err).message];
}
