import { type Logger, pino } from 'pino';
import type { Logs } from '../../src/log/log.ts';

/** `TEST_LOG=info` (or debug, trace): the hubs of the tests log to standard error, at this level. */
export const TEST_LOG: string | undefined = process.env.TEST_LOG;

/** What the hubs of a test say, where somebody wants to see it. */
export function testLog(): Logger {
  return pino({ level: TEST_LOG ?? 'silent' }, { write: toStandardError });
}

/** Both logs in one. */
export function logsOf(log: Logger): Logs {
  return { log, access: log, mask: (text) => text, dropped: () => 0, flush: async () => {} };
}

/** A log whose lines a test can look at. */
export function keptLog(): { log: Logger; lines: readonly Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line));
    if (TEST_LOG !== undefined) toStandardError(line);
  };
  return { log: pino({ level: TEST_LOG ?? 'info' }, { write }), lines };
}

/** Through the process's own stream, which Vitest shows beside the test. */
function toStandardError(line: string): void {
  process.stderr.write(line);
}
