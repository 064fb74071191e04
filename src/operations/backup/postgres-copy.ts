import { existsSync, lstatSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HubError } from '../../errors.ts';
import { connect } from '../move/target.ts';
import type { CopyFacts } from './examine.ts';
import { partialOf, syncFolder } from './partial.ts';
import { placeOf, requireTool, runInto, runTool } from './postgres-tools.ts';
import { discard } from './snapshot.ts';
import { isDiskFull } from './space.ts';

/** What `pg_dump --format=custom` begins with. */
const NOT_OURS = 'is no copy of a PostgreSQL database of a hub';

/**
 * Copies a PostgreSQL database with its own pg_dump, which sees one moment of it while hubs go on writing. The copy is
 * read through before it gets its name.
 * @throws HubError with a sentence: `unavailable` if pg_dump or the database is not there, or the disk is full,
 * `invalid_request` if the copy may not be made
 */
export async function dumpPostgres(options: {
  url: string;
  target: string;
  force: boolean;
  onProgress?(share: number): void;
}): Promise<CopyFacts> {
  const { url, force, onProgress } = options;
  const to = resolve(options.target);
  checkTarget(to, force);
  const client = await connect(url);
  let facts: { schema: string; bytes: number };
  try {
    await requireTool('pg_dump', client);
    await requireTool('pg_restore', client);
    facts = await factsOf(client);
  } finally {
    await client.end();
  }
  const partial = partialOf(to);
  const { dbname, env } = placeOf(url);
  const what = ['--format=custom', '--no-owner', '--no-privileges', `--schema=${facts.schema}`, `--dbname=${dbname}`];
  try {
    // What is written is packed, and so the smaller.
    await runInto('pg_dump', what, env, partial, (bytes) => onProgress?.(Math.min(1, bytes / facts.bytes)));
    const copy = await examineDump(partial, options.target);
    if (!force) checkTarget(to, force);
    renameSync(partial, to);
    syncFolder(dirname(to));
    return copy;
  } catch (error) {
    discard(partial);
    if (!isDiskFull(error)) throw error;
    throw new HubError('unavailable', `The disk of ${dirname(to)} is full: make room, or choose another one.`, {
      cause: error,
    });
  }
}

/**
 * Reads a copy through.
 * @param name for the sentences
 * @throws HubError `invalid_request` if it is not the whole copy of a hub's database
 */
export async function examineDump(file: string, name: string): Promise<CopyFacts> {
  try {
    await runTool('pg_restore', ['--file=/dev/null', file]);
    const table = ['--data-only', '--table=kysely_migration', '--file=-', file];
    const rows = (await runTool('pg_restore', table)).split('\n').filter((line) => /^\d{4}-\S+\t/.test(line));
    const migrations = rows.map((line) => line.split('\t')[0] ?? '').sort();
    if (migrations.length > 0) return { migrations, bytes: statSync(file).size };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HubError('invalid_request', `${name} can't be read (${reason}).`, { cause });
  }
  throw new HubError('invalid_request', `${name} ${NOT_OURS}.`);
}

/** How large the database is, in bytes, and in which schema its tables are. */
async function factsOf(client: Awaited<ReturnType<typeof connect>>): Promise<{ schema: string; bytes: number }> {
  const { rows } = await client.query<{ schema: string; bytes: string }>(
    'select current_schema() as schema, pg_database_size(current_database()) as bytes',
  );
  return { schema: rows[0]?.schema ?? 'public', bytes: Number(rows[0]?.bytes ?? 0) };
}

/**
 * How large a PostgreSQL database is on its server, in bytes; a copy of it is smaller.
 * @throws HubError `unavailable` with a sentence
 */
export async function sizeOfPostgres(url: string): Promise<number> {
  const client = await connect(url);
  try {
    return (await factsOf(client)).bytes;
  } finally {
    await client.end();
  }
}

function checkTarget(to: string, force: boolean): void {
  if (!existsSync(dirname(to))) {
    throw new HubError('invalid_request', `There is no folder ${dirname(to)}: make it, or choose another one.`);
  }
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isFile()) throw new HubError('invalid_request', `${to} is no file: choose another name.`);
  if (!force) throw new HubError('invalid_request', `${to} is there already: choose another name, or give --force.`);
}
