import { type Logger, pino } from 'pino';

/** A log whose lines a test can look at (and see, with `TEST_LOG=info`). */
export function keptLog(): { log: Logger; lines: readonly Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line));
    if (process.env.TEST_LOG !== undefined) process.stdout.write(line);
  };
  return { log: pino({ level: process.env.TEST_LOG ?? 'info' }, { write }), lines };
}
