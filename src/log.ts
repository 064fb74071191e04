import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';

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
];

/** What a process writes: the program's log, and one line per request. */
export interface Logs {
  log: Logger;
  access: Logger;
  /** Writes what is buffered; the last thing a process does. */
  flush(): void;
}

/**
 * Opens the logs. Without `dir` both go to standard output; with it, to `access.log` and `error.log` in that
 * folder, rotated daily and at 50 MB, 14 kept.
 */
export async function openLogs(level: string, dir?: string): Promise<Logs> {
  const options = { level, base: null };
  const redacted = { ...options, redact: { paths: REDACTED, censor: '[redacted]' } };
  if (dir === undefined) {
    const stream = pino.destination({ dest: 1, sync: false, minLength: 4096 });
    const timer = setInterval(() => stream.flush(), 250).unref();
    return {
      log: pino(redacted, stream),
      access: pino({ ...options, base: { kind: 'access' } }, stream),
      flush() {
        clearInterval(timer);
        stream.flushSync();
      },
    };
  }
  const [error, access] = await Promise.all([rolled(dir, 'error'), rolled(dir, 'access')]);
  return {
    log: pino(redacted, error),
    access: pino(options, access),
    flush() {
      error.flushSync();
      access.flushSync();
    },
  };
}

/**
 * pino-roll numbers its files and points a link named `current.log` at the newest, so each log has a folder of its
 * own, and the name that operators know is a link to that link.
 */
async function rolled(dir: string, name: 'access' | 'error') {
  const { default: roll } = await import('pino-roll');
  try {
    mkdirSync(join(dir, name), { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`LOG_DIR ${dir} can't be written (${reason}): choose a folder of this user.`, { cause });
  }
  const stream = await roll({
    file: join(dir, name, name),
    extension: '.log',
    frequency: 'daily',
    size: '50m',
    limit: { count: 14 },
    symlink: true,
  });
  const link = join(dir, `${name}.log`);
  rmSync(link, { force: true });
  symlinkSync(join(name, 'current.log'), link);
  return stream;
}
