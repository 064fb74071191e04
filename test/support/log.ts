import { type Logger, pino } from 'pino';

/** `TEST_LOG=info` (or debug, trace): the hubs of the tests log to standard error, at this level. */
export const TEST_LOG: string | undefined = process.env.TEST_LOG;

/** What the hubs of a test say, where somebody wants to see it. */
export function testLog(): Logger {
  return pino({ level: TEST_LOG ?? 'silent' }, { write: toStandardError });
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
