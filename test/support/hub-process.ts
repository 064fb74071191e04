import type { Emulator } from '../../demo/emulator/mod.ts';
import { ADMIN_TOKEN, WEBHOOK_SECRET } from './hub.ts';
import { TEST_LOG } from './log.ts';
import { startProcess, type TestProcess } from './process.ts';

export interface HubProcessOptions {
  databaseUrl: string;
  emulator: Emulator;
  /** Variables of docs/environment.md, over the test's defaults. */
  env?: Record<string, string>;
}

/** The real program as a process of its own, killed with the test. */
export interface HubProcess {
  readonly process: TestProcess;
  readonly url: string;
  /** From the start of the process to its word that it is ready. */
  readonly readyMs: number;
}

/** Starts `src/main.ts` on a random port, and resolves when it is ready. */
export async function startHubProcess(options: HubProcessOptions): Promise<HubProcess> {
  const startedAt = performance.now();
  const running = launchHubProcess(options);
  const ready = await running.waitFor(/"address":"[^"]+"/);
  const readyMs = Math.round(performance.now() - startedAt);
  return { url: JSON.parse(`{${ready}}`).address, readyMs, process: running };
}

/** The same, without waiting for it. */
export function launchHubProcess(options: HubProcessOptions): TestProcess {
  return startProcess(['src/process/launch.cjs', 'src/main.ts'], { env: hubEnvironment(options) });
}

/** What a hub's process finds in its environment. */
export function hubEnvironment({ databaseUrl, emulator, env }: HubProcessOptions): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    TELEGRAM_API_ROOT: emulator.apiRoot,
    TPV_REGISTRATION: 'open',
    ADMIN_TOKEN,
    ...(TEST_LOG !== undefined && { LOG_LEVEL: TEST_LOG }),
    ...env,
  };
}
