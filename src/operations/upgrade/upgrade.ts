import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Clock, pause } from '../../clock.ts';
import { becomeOnlyHub } from '../../db/hub-lock.ts';
import { realFile } from '../../db/real-file.ts';
import { HubError } from '../../errors.ts';
import { giveTo } from '../../ownership.ts';
import { timeInName } from '../backup/copies.ts';
import { partialOf } from '../backup/partial.ts';
import { snapshot } from '../backup/snapshot.ts';
import { plainEnvironment } from './child.ts';
import { installRelease } from './install.ts';
import { removeJournal, type UpgradeJournal, writeJournal } from './journal.ts';
import { keepReleases, linkedProgram, linkTo, type Release } from './program.ts';
import { tryRelease } from './trial.ts';
import { type Service, undoUpgrade } from './undo.ts';

/** A hub that runs as a service, and the package that it shall run. */
export interface UpgradeRequest {
  /** The hub's folder. */
  project: string;
  tarball: string;
  /** Where the hub keeps its data. */
  data: string;
  /** The SQLite file; undefined for PostgreSQL. */
  database: string | undefined;
  /** Whether there is a copy of the PostgreSQL database: the hub makes none. */
  haveCopy: boolean;
  /** The Node with which the service runs a program, by the program's folder. */
  nodeOf(program: string): string;
  service: Service;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted if it shall end; what was changed is taken back then. */
  signal: AbortSignal;
  /** Tells how far it is. */
  say(what: string): void;
}

export interface Upgraded {
  version: string;
  /** Migrations that were applied. */
  applied: readonly string[];
  /** The copy of the database as it was before them. */
  copy: string | null;
  /** From the old hub's stop until the new one could work. */
  downMs: number;
}

const READY_LIMIT_MS = 60_000;
const LOOK_INTERVAL_MS = 200;
/** The disk is colder, and the hub had less to do, than in the rehearsal. */
const MIGRATION_PATIENCE = 3;

/**
 * Brings another version of the program into the place of the one that runs. It is installed and tried beside it first;
 * what fails from there on is taken back: the old version then runs, with its data.
 * @throws HubError with a sentence
 */
export async function upgrade(request: UpgradeRequest): Promise<Upgraded> {
  const { project, tarball, data, database, env, signal, say } = request;
  if (await undoUpgrade(project, request.service)) say('An upgrade that was interrupted has been taken back.');
  say(`Installing ${basename(tarball)} beside the version that runs.`);
  const release = await installRelease(tarball, { cwd: project, env: plainEnvironment(env), signal });
  try {
    say(`Trying version ${release.version}.`);
    const program = join(project, release.target);
    const node = request.nodeOf(program);
    const { version } = release;
    const trial = await tryRelease({ version, node, program, project, data, database, env, signal });
    if (trial.waiting.length > 0 && database === undefined && !request.haveCopy) throw copyIsMissing(trial.waiting);
    return await exchange(request, release, trial);
  } catch (error) {
    keepReleases(project, []);
    throw error;
  }
}

async function exchange(
  request: UpgradeRequest,
  release: Release,
  { waiting, migrationMs }: { waiting: readonly string[]; migrationMs: number },
): Promise<Upgraded> {
  const { project, service, clock, signal, say } = request;
  const database = request.database === undefined ? null : realFile(request.database);
  const copy = database === null || waiting.length === 0 ? null : `${database}${COPY}${timeInName(clock.now())}`;
  const from = linkedProgram(project);
  const journal: UpgradeJournal = { from, to: release.target, database, copy, wasActive: await service.isActive() };
  signal.throwIfAborted();
  writeJournal(project, journal);
  say('Stopping the hub.');
  const stoppedAt = clock.elapsed();
  try {
    await service.stop();
    if (database !== null && copy !== null) await copyStopped(database, copy);
    signal.throwIfAborted();
    linkTo(project, release.target);
    say(`Starting version ${release.version}.`);
    const limitMs = Math.ceil(READY_LIMIT_MS + MIGRATION_PATIENCE * migrationMs);
    await service.start(limitMs);
    await untilReady(request, limitMs);
    signal.throwIfAborted();
  } catch (error) {
    say('It failed: going back to the version that ran.');
    const reason = messageOf(error);
    await undoUpgrade(project, service).catch((cause) => {
      throw new HubError(
        'unavailable',
        `${reason}\nThe version before can't run again: ${messageOf(cause)} ${AFTERWARDS}`,
        {
          cause,
        },
      );
    });
    throw new HubError('unavailable', `${reason}\nThe version that ran before runs again, with its data.`, {
      cause: error,
    });
  }
  const downMs = clock.elapsed() - stoppedAt;
  // From here on it is done.
  removeJournal(project);
  keepReleases(project, [from]);
  if (database !== null) removeCopies(database, copy);
  return { version: release.version, applied: waiting, copy, downMs };
}

async function untilReady({ service, clock, signal }: UpgradeRequest, limitMs: number): Promise<void> {
  const until = clock.elapsed() + limitMs;
  while (!(await service.isReady())) {
    signal.throwIfAborted();
    if (clock.elapsed() >= until) {
      throw new HubError('unavailable', `It was not ready within ${Math.round(limitMs / 1_000)} s.`);
    }
    await pause(clock, LOOK_INTERVAL_MS, signal);
  }
}

const COPY = '.before-upgrade-';

/** No hub writes to it meanwhile: what is restored from the copy lacks nothing. */
async function copyStopped(database: string, copy: string): Promise<void> {
  const release = becomeOnlyHub(database);
  try {
    const partial = partialOf(copy);
    await snapshot(database, partial);
    giveTo(partial, database);
    renameSync(partial, copy);
  } finally {
    release();
  }
}

/** Those of earlier upgrades; they hold people's messages, and the disk is not without end. */
function removeCopies(database: string, kept: string | null): void {
  const [folder, own] = [dirname(database), `${basename(database)}${COPY}`];
  for (const name of readdirSync(folder)) {
    if (name.startsWith(own) && join(folder, name) !== kept) rmSync(join(folder, name), { force: true });
  }
}

const AFTERWARDS =
  'Mend that (with PostgreSQL, bring your copy back with pg_restore), then run "valletpv-hub upgrade --undo".';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function copyIsMissing(waiting: readonly string[]): HubError {
  return new HubError(
    'invalid_request',
    `The new version changes the database (${waiting.join(', ')}), and the old one could not read it afterwards: make a copy first (pg_dump --format=custom), then repeat this with --have-copy.`,
  );
}
