import { createInterface } from 'node:readline/promises';
import { systemClock } from '../clock.ts';
import { readDatabaseConfig } from '../config.ts';
import { migrationStatus } from '../db/migrate.ts';
import { type Database, openDatabase } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { UsageError } from '../exit.ts';
import { importKey } from '../tpvs/keys.ts';
import { allTpvs, tpvById } from '../tpvs/tpv.ts';
import type { Result } from './migrate.ts';

/**
 * `tpv list` and `tpv import-key <id>`; works while the hub runs.
 * @throws UsageError, ConfigError, HubError
 */
export async function tpvCommand(
  env: Readonly<Record<string, string | undefined>>,
  [action, id, ...more]: readonly string[],
): Promise<Result> {
  if (more.length > 0) throw new UsageError(`"tpv ${action}" takes no "${more.join(' ')}".`);
  switch (action) {
    case 'list':
      if (id !== undefined) throw new UsageError(`"tpv list" takes no "${id}".`);
      return withDatabase(env, list);
    case 'import-key':
      if (id === undefined) throw new UsageError('"tpv import-key" takes the id of a TPV; "tpv list" shows them.');
      return withDatabase(env, (db) => importInto(db, id));
    default:
      throw new UsageError('"tpv" takes "list" or "import-key <id>".');
  }
}

async function withDatabase(
  env: Readonly<Record<string, string | undefined>>,
  run: (db: Database) => Promise<Result>,
): Promise<Result> {
  const db = openDatabase(readDatabaseConfig(env));
  try {
    if ((await migrationStatus(db)).waiting.length > 0) {
      throw new HubError('unavailable', 'The database is not up to date: run "npx valletpv-hub migrate" first.');
    }
    return await run(db);
  } finally {
    await db.close();
  }
}

async function list(db: Database): Promise<Result> {
  const tpvs = (await db.query(allTpvs, {})).map(({ id, name, is_active: active, user_count: users }) => ({
    id,
    name,
    is_active: active === 1,
    user_count: users,
  }));
  const lines = tpvs.map((tpv) => `${tpv.id}  ${tpv.is_active ? 'active  ' : 'inactive'}  ${tpv.name}`);
  return { data: { tpvs }, text: lines.length === 0 ? 'No TPV has registered yet.' : lines.join('\n') };
}

async function importInto(db: Database, id: string): Promise<Result> {
  const [tpv] = await db.query(tpvById, { id });
  if (tpv === undefined) throw new HubError('not_found', `There is no TPV ${id}: "tpv list" shows them.`);
  await importKey(db.transact, id, await readSecret(`Key of "${tpv.name}": `), systemClock().now());
  return { data: { id, imported: true }, text: `"${tpv.name}" may now come with that key, besides those that it has.` };
}

/** One line of standard input, or of an answer to a prompt; a secret never stands on the command line. */
async function readSecret(prompt: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  if (process.stdin.isTTY) process.stderr.write(prompt);
  try {
    for await (const line of lines) if (line.trim() !== '') return line.trim();
  } finally {
    lines.close();
  }
  throw new UsageError('The key is missing: give it on standard input.');
}
