import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HubError } from '../../errors.ts';
import { giveTo, makeFolder } from '../../ownership.ts';
import { snapshot } from '../backup/snapshot.ts';
import { requireSpace } from '../backup/space.ts';
import { type ChildOptions, lastLines, runChild } from './child.ts';

/** What the programs of a release are called within it. */
const LAUNCH = 'src/process/launch.cjs';
const MAIN = 'dist/src/main.js';
const CLI = 'dist/src/cli/main.js';
const SETTINGS = 'dist/deploy/settings.js';
const START_LIMIT_MS = 120_000;
const MAX_KEPT_OUTPUT = 64 * 1024;

/** A new version before the hub knows of it. */
export interface Candidate {
  version: string;
  /** The Node with which the service would run it. */
  node: string;
  /** Its folder. */
  program: string;
  /** The folder of the hub, with its `.env`. */
  project: string;
  /** Where the hub keeps its data. */
  data: string;
  /** The SQLite file; undefined for PostgreSQL. */
  database: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** What a new version does to the database. */
export interface Trial {
  /** The migrations that it brings. */
  waiting: readonly string[];
  /** How long they took on a copy. */
  migrationMs: number;
}

/**
 * Tries a new version while the old one serves: whether it takes the configuration, starts (on an empty database, with no
 * way to Telegram), and can change the schema (of a copy).
 * @throws HubError with a sentence; nothing is left then
 */
export async function tryRelease(candidate: Candidate): Promise<Trial> {
  const { project, data, version } = candidate;
  await runIn(candidate, project, [SETTINGS], `Version ${version} does not take this configuration.`);
  const waiting = await waitingMigrations(candidate);
  clearTrial(data);
  const folder = trialFolder(data);
  makeFolder(folder);
  try {
    await start(candidate, folder);
    const startedAt = performance.now();
    if (waiting.length > 0) await rehearse(candidate, folder);
    return { waiting, migrationMs: performance.now() - startedAt };
  } finally {
    clearTrial(data);
  }
}

/** Removes what a trial that was killed left: it may hold people's messages. */
export function clearTrial(data: string): void {
  rmSync(trialFolder(data), { recursive: true, force: true });
}

function trialFolder(data: string): string {
  return join(data, 'upgrade-trial');
}

async function waitingMigrations(candidate: Candidate): Promise<readonly string[]> {
  const { project, database, version } = candidate;
  // Looking must not make it.
  if (database !== undefined && statSync(database, { throwIfNoEntry: false }) === undefined) return [];
  const status = [CLI, 'migrate', '--status', '--json'];
  const said = await runIn(candidate, project, status, `Version ${version} can't read the database.`);
  const { waiting, unknown } = JSON.parse(said) as { waiting: string[]; unknown: string[] };
  if (unknown.length === 0) return waiting;
  throw new HubError(
    'invalid_request',
    `Version ${version} is older than the database, which has ${unknown.join(', ')}.`,
  );
}

/** Lets it change the schema of a copy, made while the hub writes to the original. */
async function rehearse(candidate: Candidate, folder: string): Promise<void> {
  const { database, data, version } = candidate;
  if (database === undefined) return;
  const bytes = sizeOf(database) + sizeOf(`${database}-wal`);
  // This copy goes before the next one is made; a migration may write everything anew.
  requireSpace(data, 2 * bytes);
  const copy = join(folder, 'copy.db');
  await snapshot(database, copy, { careful: true });
  giveTo(copy, folder);
  const env = { DATABASE_URL: `sqlite:${copy}` };
  await runIn(candidate, folder, [CLI, 'migrate'], `Version ${version} can't bring the database up to date.`, env);
}

/** Starts it on an empty database, until it listens. */
async function start(candidate: Candidate, folder: string): Promise<void> {
  const { node, program, version, env, signal } = candidate;
  const child = spawn(node, [join(program, LAUNCH), join(program, MAIN)], {
    ...asOwner(candidate),
    cwd: folder,
    env: { PATH: env.PATH, ...TRIAL },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(START_LIMIT_MS)]),
    killSignal: 'SIGKILL',
  });
  let wrote = '';
  const ended = once(child, 'close');
  const listens = new Promise<boolean>((resolve) => {
    const take = (chunk: string) => {
      wrote = (wrote + chunk).slice(-MAX_KEPT_OUTPUT);
      if (wrote.includes('"address":"')) resolve(true);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    ended.then(
      () => resolve(false),
      () => resolve(false),
    );
  });
  const started = await listens;
  child.kill('SIGTERM');
  // It may be the signal that ended it.
  await ended.catch(() => {});
  signal.throwIfAborted();
  if (!started) {
    throw new HubError('invalid_request', `Version ${version} does not start on this machine.\n${lastLines(wrote)}`);
  }
}

const TRIAL = {
  PORT: '0',
  DATABASE_URL: 'sqlite:./empty.db',
  TELEGRAM_BOT_TOKEN: '1:trial',
  TELEGRAM_MODE: 'polling',
  // Nothing listens there.
  TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
  // The launcher then ends it where this process is gone.
  npm_lifecycle_event: 'upgrade',
};

function runIn(candidate: Candidate, cwd: string, args: readonly string[], fault: string, variables = {}) {
  const { node, program, env, signal } = candidate;
  const [main = '', ...rest] = args;
  const options: ChildOptions = { ...asOwner(candidate), cwd, env: { PATH: env.PATH, ...variables }, signal };
  return runChild(node, [join(program, LAUNCH), join(program, main), ...rest], options, fault);
}

/** What it writes belongs to the service's user, and what that one can't read fails here. */
function asOwner({ data }: Candidate): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = statSync(data);
  return { uid, gid };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
