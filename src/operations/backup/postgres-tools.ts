import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { HubError } from '../../errors.ts';

/** PostgreSQL's own programs, as its package of clients has them. */
export type PostgresTool = 'pg_dump' | 'pg_restore';

/** What libpq takes from an address; the driver knows more. */
const KNOWN = ['host', 'port', 'user', 'dbname', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'connect_timeout'];
const MOST_SAID = 500;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Where a program finds the database. Its password is in the environment: the command line can be seen by others. */
export function placeOf(address: string): { dbname: string; env: NodeJS.ProcessEnv } {
  const url = new URL(address);
  const given = url.searchParams;
  const password = decodeURIComponent(url.password) || given.get('password');
  const kept = new URLSearchParams([...given].filter(([name]) => KNOWN.includes(name)));
  if (given.get('ssl') === 'true' && !kept.has('sslmode')) kept.set('sslmode', 'verify-full');
  url.password = '';
  url.search = kept.toString();
  return { dbname: url.href, env: { ...process.env, ...(password !== null && { PGPASSWORD: password }) } };
}

/**
 * Makes sure that a program is there and is not older than the server, whose database it could not read.
 * @throws HubError `unavailable` with a sentence
 */
export async function requireTool(tool: PostgresTool, client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ major: string }>(
    `select current_setting('server_version_num')::int / 10000 as major`,
  );
  const server = Number(rows[0]?.major);
  const own = await majorOf(tool);
  const hint = `install the package postgresql-client-${server}`;
  if (own === undefined) throw new HubError('unavailable', `There is no ${tool} on this machine: ${hint}.`);
  if (own < server) {
    throw new HubError('unavailable', `${tool} is of version ${own} and the server of ${server}: ${hint}.`);
  }
}

async function majorOf(tool: PostgresTool): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)(tool, ['--version']);
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
  } catch {
    return undefined;
  }
}

/**
 * Runs a program whose output is a file of its own, for this user alone and on the disk at the end. The program ends
 * with this process, which reads its output.
 * @throws Error with what it said
 */
export async function runInto(
  tool: PostgresTool,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  file: string,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const child = spawn(tool, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(tool, child);
  let bytes = 0;
  child.stdout.on('data', (piece: Buffer) => {
    bytes += piece.length;
    onBytes?.(bytes);
  });
  await Promise.all([
    ended,
    pipeline(child.stdout, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true })),
  ]);
}

/**
 * Runs a program to its end.
 * @returns what it printed
 * @throws Error with what it said
 */
export async function runTool(tool: PostgresTool, args: readonly string[], env = process.env): Promise<string> {
  try {
    return (await promisify(execFile)(tool, args, { env, maxBuffer: MOST_OUTPUT_BYTES })).stdout;
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string };
    throw new Error(`${tool} failed: ${(stderr.trim() || message).slice(-MOST_SAID)}`, { cause });
  }
}

async function endOf(tool: PostgresTool, child: ReturnType<typeof spawn>): Promise<void> {
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    said = `${said}${piece}`.slice(-MOST_SAID);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`${tool} failed: ${said.trim() || `it ended with ${signal ?? code}`}`);
}
