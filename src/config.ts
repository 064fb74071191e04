import type { z } from 'zod';
import { configFault, environmentSchema } from './environment.ts';

/** The hub's configuration; made once at start and never changed. */
export type Config = Readonly<z.infer<typeof environmentSchema>>;

/** Thrown with every fault of the environment at once, one sentence each; the process exits with code 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Exit code of a process whose configuration is wrong (EX_CONFIG of sysexits.h). */
export const EXIT_CONFIG = 78;

/**
 * Reads the configuration from environment variables (contract/environment.md). An empty variable counts as absent.
 * @throws ConfigError with all faults
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => configFault(issue, given)));
  return Object.freeze(parsed.data);
}
