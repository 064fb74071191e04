import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { loadDotEnv } from './exit.ts';
import { createHub } from './hub.ts';
import { openLogs } from './log.ts';

/** How long a drain may take before the process ends all the same (design/reliability.md). */
const DRAIN_MS = 25_000;
/**
 * They come more than once (npm passes on what the terminal sends to both), and the second must not end the drain, as
 * close-with-grace would have it.
 */
const DRAIN_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * env → config → hub → listen; a signal drains it. Resolves once the hub listens.
 * @throws what `faultsOf` turns into sentences and an exit code
 */
export async function serve(): Promise<void> {
  loadDotEnv();
  const config = readConfig(process.env);
  const logs = await openLogs(config.LOG_LEVEL, config.LOG_DIR);
  const hub = await createHub(config, logs);
  const grace = closeWithGrace({ delay: DRAIN_MS, logger: false, skip: [...DRAIN_SIGNALS] }, async ({ err }) => {
    if (err !== undefined) logs.log.fatal({ err }, 'the process ends: something failed that nothing expected');
    await hub.close();
    logs.flush();
  });
  let ending = false;
  for (const signal of DRAIN_SIGNALS) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      grace.close();
    });
  }
  try {
    await hub.listen();
  } catch (error) {
    await hub.close();
    logs.flush();
    throw error;
  }
}
