import { existsSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { ConfigError, EXIT_CONFIG, readConfig } from './config.ts';
import { createHub } from './hub.ts';
import { openLogs } from './log.ts';

/** How long a drain may take before the process ends all the same (design/reliability.md). */
const DRAIN_MS = 25_000;

/** env → config → hub → listen; a signal drains it. Faults are sentences, and the exit code tells their kind. */
export async function serve(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    const config = readConfig(process.env);
    const logs = await openLogs(config.LOG_LEVEL, config.LOG_DIR);
    const hub = await createHub(config, logs);
    closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err }) => {
      if (err !== undefined) logs.log.fatal({ err }, 'the process ends: something failed that nothing expected');
      await hub.close();
      logs.flush();
    });
    await hub.listen();
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const { address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
    return `PORT ${port} on ${address} is taken: stop the program that listens there, or choose another PORT.`;
  }
  return error instanceof Error ? error.message : String(error);
}
