import { basename, join } from 'node:path';
import { HubError } from '../../errors.ts';
import { plainEnvironment } from './child.ts';
import { exchange, type HubService } from './exchange.ts';
import { installRelease } from './install.ts';
import { readJournal } from './journal.ts';
import { becomeOnlyUpgrade } from './lock.ts';
import { keepReleases } from './program.ts';
import { settleUpgrade } from './settle.ts';
import { tryRelease } from './trial.ts';

/** A hub that runs as a service, and the package that it shall run. */
export interface UpgradeRequest extends HubService {
  tarball: string;
  /** Where the hub keeps its data. */
  data: string;
  /** Whether there is a copy of the PostgreSQL database: the hub makes none. */
  haveCopy: boolean;
  /** The Node with which the service runs a program, by the program's folder. */
  nodeOf(program: string): string;
  env: Readonly<Record<string, string | undefined>>;
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

/**
 * Brings another version of the program into the place of the one that runs. It is installed and tried beside it first;
 * what fails from there on is taken back: the old version then runs, with its data.
 * @throws HubError with a sentence
 */
export async function upgrade(request: UpgradeRequest): Promise<Upgraded> {
  const unlock = becomeOnlyUpgrade(request.project);
  try {
    return await upgradeAlone(request);
  } finally {
    unlock();
  }
}

async function upgradeAlone(request: UpgradeRequest): Promise<Upgraded> {
  const { project, tarball, data, database, env, signal, say } = request;
  const earlier = await settleUpgrade(project, request.service);
  if (earlier !== undefined) say(`An upgrade that was interrupted has been ${earlier}.`);
  say(`Installing ${basename(tarball)} beside the version that runs.`);
  const release = await installRelease(tarball, { cwd: project, env: plainEnvironment(env), signal });
  try {
    const { version } = release;
    say(`Trying version ${version}.`);
    const program = join(project, release.target);
    const node = request.nodeOf(program);
    const trial = await tryRelease({ version, node, program, project, data, database, env, signal });
    if (trial.waiting.length > 0 && database === undefined && !request.haveCopy) throw copyIsMissing(trial.waiting);
    const { copy, downMs } = await exchange(request, release.target, trial);
    return { version, applied: trial.waiting, copy, downMs };
  } catch (error) {
    // What could not be taken back needs both.
    if (readJournal(project) === undefined) keepReleases(project, []);
    throw error;
  }
}

function copyIsMissing(waiting: readonly string[]): HubError {
  return new HubError(
    'invalid_request',
    `The new version changes the database (${waiting.join(', ')}), and the old one could not read it afterwards: make a copy first (pg_dump --format=custom), then repeat this with --have-copy.`,
  );
}
