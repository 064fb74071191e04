import type pg from 'pg';
import { knownMigrations, newerSentence } from '../../db/migrate.ts';
import { HubError } from '../../errors.ts';
import { connect, isServed } from '../move/target.ts';
import { examineDump } from './postgres-copy.ts';
import { placeOf, requireTool, runTool } from './postgres-tools.ts';

export interface RestoredPostgres {
  bytes: number;
  /** The schema in which what was there before is kept; undefined if there was nothing. */
  before: string | undefined;
  /** Migrations of this program that the copy does not have; the next start applies them. */
  waiting: string[];
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Puts a copy in the place of a PostgreSQL database, with its own pg_restore, in one transaction. What is there until
 * then is kept as a schema of another name; when anything fails it gets its name back.
 * @param source what dumpPostgres made
 * @param now for that other name
 * @throws HubError with a sentence: `invalid_request` if the copy is no good, `unavailable` if a hub runs on the
 * database, or it or pg_restore is not there
 */
export async function restorePostgres(url: string, source: string, now: number): Promise<RestoredPostgres> {
  const client = await connect(url);
  // A terminal's Ctrl+C reaches pg_restore as well: what it undid is put right before this process ends.
  const ignore = () => {};
  for (const signal of SIGNALS) process.on(signal, ignore);
  try {
    await requireTool('pg_restore', client);
    if (await isServed(client)) {
      throw new HubError('unavailable', 'A hub runs on the PostgreSQL database: stop it, and try again.');
    }
    const { bytes, migrations } = await examineDump(source, source);
    const known = await knownMigrations();
    const unknown = migrations.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new HubError('invalid_request', newerSentence(source, unknown));
    const before = await exchange(client, url, source, now);
    return { bytes, before, waiting: known.filter((name) => !migrations.includes(name)) };
  } finally {
    for (const signal of SIGNALS) process.off(signal, ignore);
    await client.end();
  }
}

/** @returns the schema in which what was there is kept; undefined if there was nothing */
async function exchange(client: pg.Client, url: string, source: string, now: number): Promise<string | undefined> {
  const { rows } = await client.query<{ schema: string | null }>('select current_schema() as schema');
  const schema = rows[0]?.schema ?? 'public';
  const kept = `before_restore_${new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
  const [own, other] = [client.escapeIdentifier(schema), client.escapeIdentifier(kept)];
  const { rows: tables } = await client.query('select 1 from pg_class where relnamespace = $1::regnamespace limit 1', [
    own,
  ]);
  await client.query(`begin; alter schema ${own} rename to ${other}; create schema ${own}; commit`);
  const { dbname, env } = placeOf(url);
  try {
    const how = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', `--schema=${schema}`];
    await runTool('pg_restore', [...how, `--dbname=${dbname}`, source], env);
  } catch (cause) {
    await client.query(`begin; drop schema ${own} cascade; alter schema ${other} rename to ${own}; commit`);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HubError('unavailable', `${source} can't be brought back (${reason}). The database is as it was.`, {
      cause,
    });
  }
  if (tables.length > 0) return kept;
  await client.query(`drop schema ${other} cascade`);
  return undefined;
}
