import { systemClock } from '../clock.ts';
import { databaseClock } from '../cluster/database-clock.ts';
import { readConfig, secretsOf } from '../config/config.ts';
import { createHub } from '../hub/hub.ts';
import { openLogs } from '../log/log.ts';
import type { ProblemCode } from '../observability/health.ts';
import { closeAtEnd } from './end.ts';
import { loadDotEnv } from './exit.ts';
import { serviceManager } from './systemd.ts';

/** How long a drain may take before the process ends all the same (docs/reliability.md). */
const DRAIN_MS = 25_000;

/** Where systemd may start it anew. A full disk or a newer schema would be the same then, and mends itself or never. */
const STUCK: readonly ProblemCode[] = ['database_unavailable'];

/**
 * env → config → hub → listen; a signal drains it. Resolves once the hub listens.
 * @throws what `faultsOf` turns into sentences and an exit code
 */
export async function serve(): Promise<void> {
  loadDotEnv();
  const config = readConfig(process.env);
  const logs = await openLogs({ level: config.LOG_LEVEL, dir: config.LOG_DIR, secrets: secretsOf(config) });
  const shared = config.HUB_LEASE_SECONDS !== undefined;
  const onClockFault = (err: unknown) =>
    logs.log.warn({ err }, 'the database was not asked for its time; the hub’s clock goes on');
  const { clock, close } = shared
    ? await databaseClock({ url: config.DATABASE_URL, onFault: onClockFault })
    : { clock: systemClock(), close: async () => {} };
  const manager = serviceManager({ env: process.env, clock, log: logs.log });
  const hub = await createHub(config, logs, clock);
  closeAtEnd(DRAIN_MS, async ({ err }) => {
    if (err !== undefined) logs.log.fatal({ err }, 'the process ends: an error that no code expected');
    await Promise.all([manager.stopping(), hub.close()]);
    await close();
    await logs.flush();
  });
  try {
    const address = await hub.listen();
    const link = await hub.setupLink(address);
    // To the terminal, or the journal of a service: whoever reads those runs the machine, and LOG_DIR would hide it.
    if (link !== undefined) process.stdout.write(`Crea la primera cuenta: ${link}\n`);
    manager.ready(`Listening on ${address}`, async () =>
      (await hub.problems()).map(({ code }) => code).filter((code) => STUCK.includes(code)),
    );
  } catch (error) {
    await hub.close();
    await logs.flush();
    throw error;
  }
}
