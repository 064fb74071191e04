import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { type Clock, pause } from '../../clock.ts';
import { readDatabaseConfig } from '../../config/config.ts';
import { HubError } from '../../errors.ts';
import { UsageError } from '../../process/exit.ts';
import type { Input } from '../command.ts';
import { say } from '../language/say.ts';
import { isFault, type LogLine, logLineOf, readable } from './log-line.ts';
import { LogTail } from './log-tail.ts';

/** Where the lines go, and how long the command follows. */
export interface LogsPorts {
  out: Writable;
  clock: Clock;
  /** Whether the lines are printed as the hub wrote them. */
  json: boolean;
  signal?: AbortSignal;
}

const USUAL_SINCE = '1h';
const LOOK_INTERVAL_MS = 500;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `logs [--errors] [--since 1h] [--follow]`: what the hub wrote to LOG_DIR, both logs in the order of time, over all of
 * their files. It prints by itself, as it may go on for ever.
 * @throws UsageError, ConfigError, HubError
 */
export async function logsCommand({ env, options }: Input, ports: LogsPorts): Promise<undefined> {
  const { out, clock, json, signal } = ports;
  const { TIME_ZONE: timeZone } = readDatabaseConfig(env);
  const dir = folderOf(env);
  const since = sinceOf(options.since, clock.now());
  const tails = (['access', 'error'] as const).map((name) => new LogTail(dir, name, since));
  const isWanted = (line: LogLine) => line.at >= since && (options.errors !== true || isFault(line));
  try {
    do {
      for await (const line of inOrder(tails.map((tail) => parsed(tail.lines())))) {
        if (!isWanted(line)) continue;
        if (!out.write(`${json ? line.text : readable(line, timeZone)}\n`)) await once(out, 'drain');
      }
      if (options.follow === true) await pause(clock, LOOK_INTERVAL_MS, signal);
    } while (options.follow === true && signal?.aborted !== true);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EACCES')) throw cause;
    throw new HubError('unavailable', say`${dir} is for the hub's user alone: run this as root (sudo).`, { cause });
  }
  return undefined;
}

/** The service's unit sets LOG_DIR to the folder logs; `.env` need not say so. */
function folderOf({ LOG_DIR: dir }: Input['env']): string {
  if (dir !== undefined && dir !== '') return dir;
  if (existsSync('logs')) return 'logs';
  throw new HubError(
    'unavailable',
    say`There is no folder logs here, and LOG_DIR is not set: go to the hub’s folder; in a container its lines are in "docker compose logs", else where its standard output goes.`,
  );
}

function sinceOf(given: Input['options'][string] = USUAL_SINCE, now: number): number {
  const text = String(given);
  const [, count, unit = ''] = /^(\d{1,4})([smhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : now - Number(count) * (UNITS_MS[unit] ?? 0);
  if (Number.isNaN(at))
    throw new UsageError(say`--since takes how long ago (90s, 15m, 2h, 7d), or a time such as 2026-11-28T22:00.`);
  return at;
}

async function* parsed(lines: AsyncGenerator<string>): AsyncGenerator<LogLine> {
  for await (const text of lines) {
    const line = logLineOf(text);
    if (line !== undefined) yield line;
  }
}

/** Lines of several logs, each in order of time, as one. */
async function* inOrder(logs: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const next = await Promise.all(logs.map((log) => log.next()));
  for (;;) {
    let first: number | undefined;
    next.forEach((one, index) => {
      if (one.done !== true && (first === undefined || one.value.at < next[first]?.value.at)) first = index;
    });
    if (first === undefined) return;
    const [one, log] = [next[first], logs[first]];
    if (one === undefined || log === undefined || one.done === true) return;
    yield one.value;
    next[first] = await log.next();
  }
}
