import { existsSync } from 'node:fs';
import { readDatabaseConfig } from '../config/config.ts';
import { migrate, migrationStatus } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { say, word } from './language/say.ts';
import { moveCommand } from './move-command.ts';

/**
 * Brings the database up to date, with `status` only looks, and with `to` moves everything to PostgreSQL.
 * @throws ConfigError, HubError `unavailable`, Error if the database is newer than the program
 */
export async function migrateCommand({ env, options }: Input): Promise<Result> {
  const status = options.status === true;
  if (typeof options.to === 'string') {
    if (status) throw new UsageError(say`"migrate" takes --status or --to, not both.`);
    return moveCommand(env, options.to);
  }
  const config = readDatabaseConfig(env);
  const path = /^sqlite:(.+)$/.exec(config.DATABASE_URL)?.[1];
  if (status && path !== undefined && !existsSync(path)) {
    throw new HubError('unavailable', say`There is no database at ${path} yet: "migrate" or "serve" makes it.`);
  }
  const db = openDatabase(config);
  try {
    if (status) {
      const found = await migrationStatus(db);
      return { data: found, text: statusText(found) };
    }
    const applied = await migrate(db);
    return {
      data: { applied },
      text: applied.length === 0 ? say`The database is up to date.` : say`Applied: ${applied.join(', ')}.`,
    };
  } finally {
    await db.close();
  }
}

function statusText({ applied, waiting, unknown }: Awaited<ReturnType<typeof migrationStatus>>): string {
  const width = Math.max(...(['applied', 'waiting', 'unknown'] as const).map((state) => word(state).length)) + 2;
  const lines = [
    ...applied.map((name) => `${word('applied').padEnd(width)}${name}`),
    ...waiting.map((name) => `${word('waiting').padEnd(width)}${name}`),
    ...unknown.map((name) => `${word('unknown').padEnd(width)}${name} (${say`a newer version of the hub wrote it`})`),
  ];
  const sum =
    unknown.length > 0
      ? say`The database is newer than this program.`
      : waiting.length > 0
        ? say`${waiting.length} to apply: "npx valletpv-hub migrate", or the next start.`
        : say`The database is up to date.`;
  return [...lines, sum].join('\n');
}
