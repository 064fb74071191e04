import { systemClock } from '../../src/clock.ts';
import { readConfig, secretsOf } from '../../src/config/config.ts';
import { createHub } from '../../src/hub/hub.ts';
import { openLogs } from '../../src/log/log.ts';

// A hub that shares its PostgreSQL, as a process of its own: what its test kills or stops.

const config = readConfig(process.env);
const logs = await openLogs({ level: config.LOG_LEVEL, dir: config.LOG_DIR, secrets: secretsOf(config) });
const hub = await createHub(config, logs, systemClock(), {
  shared: { leaseMs: Number(process.env.TEST_LEASE_MS) },
});
await hub.listen();
