import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { databaseSchema, environmentFaults, environmentSchema, SECRET_NAMES } from './environment.ts';

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
 * Reads what opening the database, finding its copies and showing times needs, and asks for nothing else.
 * @throws ConfigError with all faults
 */
export function readDatabaseConfig(
  env: Environment,
): Pick<Config, 'DATABASE_URL' | 'DATABASE_DURABILITY' | 'BACKUP_DIR' | 'TIME_ZONE'> {
  return parse(databaseSchema, env);
}

/** The folder that holds everything the hub keeps outside PostgreSQL: the SQLite database, uploads. */
export function dataFolder({ DATABASE_URL: url }: Pick<Config, 'DATABASE_URL'>): string {
  return dirname(url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : './data/hub.db');
}

function parse<S extends z.ZodObject>(schema: S, env: Environment): z.infer<S> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  const unread = readSecretFiles(schema, given);
  const faults = [...unread.values(), ...environmentFaults(schema, given).filter((one) => !isAbout(one, unread))];
  if (faults.length > 0) throw new ConfigError(faults);
  return schema.parse(given);
}

/**
 * Secrets may lie in files, as systemd's `LoadCredential` and Docker's secrets keep them: `ADMIN_TOKEN_FILE` names the
 * file of `ADMIN_TOKEN` (docs/security.md, S38). Line breaks at its end are not part of the secret.
 * @returns what is wrong, by the variable that has no value because of it
 */
function readSecretFiles(schema: z.ZodObject, given: Record<string, string>): Map<string, string> {
  const faults = new Map<string, string>();
  for (const name of SECRET_NAMES) {
    const path = given[`${name}_FILE`];
    if (path === undefined || !(name in schema.shape)) continue;
    if (given[name] !== undefined) {
      faults.set(name, `${name} and ${name}_FILE are both set: leave one of them out.`);
      continue;
    }
    try {
      const secret = readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
      if (secret !== '') given[name] = secret;
      else faults.set(name, `${name}_FILE is ${JSON.stringify(path)}; that file is empty.`);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? error.code : error;
      faults.set(name, `${name}_FILE is ${JSON.stringify(path)}; that file can't be read (${reason}).`);
    }
  }
  return faults;
}

/** Whether a fault is of a variable whose file could not be read: one sentence says enough. */
function isAbout(fault: string, unread: ReadonlyMap<string, string>): boolean {
  return [...unread.keys()].some((name) => fault.startsWith(`${name} `));
}

/** What of the configuration must never be seen: tokens, secrets, the database's password. */
export function secretsOf(config: Config): string[] {
  const names = [...SECRET_NAMES, 'ALARM_PING_URL'] as const;
  const secrets = names
    .filter((name) => name !== 'DATABASE_URL')
    .map((name) => config[name])
    .filter((secret) => secret !== undefined);
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
