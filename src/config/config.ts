import { dirname } from 'node:path';
import type { z } from 'zod';
import { databaseSchema, environmentFaults, environmentSchema } from './environment.ts';

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

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from environment variables (docs/environment.md). An empty variable counts as absent.
 * @throws ConfigError with all faults
 */
export function readConfig(env: Environment): Config {
  return Object.freeze(parse(environmentSchema, env));
}

/**
 * Reads what opening the database needs, and asks for nothing else.
 * @throws ConfigError with all faults
 */
export function readDatabaseConfig(env: Environment): Pick<Config, 'DATABASE_URL' | 'DATABASE_DURABILITY'> {
  return parse(databaseSchema, env);
}

/** The folder that holds everything the hub keeps outside PostgreSQL: the SQLite database, uploads. */
export function dataFolder({ DATABASE_URL: url }: Pick<Config, 'DATABASE_URL'>): string {
  return dirname(url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : './data/hub.db');
}

function parse<S extends z.ZodObject>(schema: S, env: Environment): z.infer<S> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  const faults = environmentFaults(schema, given);
  if (faults.length > 0) throw new ConfigError(faults);
  return schema.parse(given);
}

/** What of the configuration must never be seen: tokens, secrets, the database's password. */
export function secretsOf(config: Config): string[] {
  const { TELEGRAM_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET, REGISTRATION_TOKEN, ADMIN_TOKEN, METRICS_TOKEN } = config;
  const secrets = [TELEGRAM_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET, REGISTRATION_TOKEN, ADMIN_TOKEN, METRICS_TOKEN].filter(
    (secret) => secret !== undefined,
  );
  if (URL.canParse(config.DATABASE_URL)) {
    const { password } = new URL(config.DATABASE_URL);
    secrets.push(password, safelyDecoded(password));
  }
  return secrets.filter((secret) => secret !== '');
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
