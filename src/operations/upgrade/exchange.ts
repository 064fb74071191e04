import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, pause } from '../../clock.ts';
import { becomeOnlyHub } from '../../db/hub-lock.ts';
import { realFile } from '../../db/real-file.ts';
import { HubError } from '../../errors.ts';
import { giveTo } from '../../ownership.ts';
import { timeInName } from '../backup/copies.ts';
import { partialOf, syncFolder } from '../backup/partial.ts';
import { snapshot } from '../backup/snapshot.ts';
import { type UpgradeJournal, writeJournal } from './journal.ts';
import { linkedProgram, linkTo } from './program.ts';
import { copyFor, finishUpgrade } from './settle.ts';
import type { Trial } from './trial.ts';
import { type Service, undoUpgrade } from './undo.ts';

/** A hub that runs as a service of this machine. */
export interface HubService {
  /** The hub's folder. */
  project: string;
  /** The SQLite file; undefined for PostgreSQL. */
  database: string | undefined;
  service: Service;
  clock: Clock;
  /** Aborted if the upgrade shall end; what it changed is taken back then. */
  signal: AbortSignal;
  /** Tells how far it is. */
  say(what: string): void;
}

interface Exchanged {
  /** The copy of the database as it was before the new version changed it. */
  copy: string | null;
  /** From the old version's stop until the new one could work. */
  downMs: number;
}

const READY_LIMIT_MS = 60_000;
const LOOK_INTERVAL_MS = 200;
/** The disk is colder, and the hub had less to do, than in the rehearsal. */
const MIGRATION_PATIENCE = 3;

/**
 * Stops the hub, and starts the version that the link shall lead to; if that can't work, the one before runs again. It
 * may be killed at any moment: what it finds then, `settleUpgrade` mends.
 * @param to where the program's link shall lead, from the hub's folder
 * @throws HubError `unavailable` with a sentence that says which version runs
 */
export async function exchange(
  request: HubService,
  to: string,
  { waiting, migrationMs }: Pick<Trial, 'waiting' | 'migrationMs'>,
): Promise<Exchanged> {
  const { project, service, clock, signal, say } = request;
  const database = request.database === undefined ? null : realFile(request.database);
  const copy = database === null || waiting.length === 0 ? null : copyFor(database, timeInName(clock.now()));
  const from = linkedProgram(project);
  const journal: UpgradeJournal = { from, to, database, copy, wasActive: await service.isActive() };
  signal.throwIfAborted();
  writeJournal(project, journal);
  say('Stopping the hub.');
  const stoppedAt = clock.elapsed();
  try {
    await service.stop();
    if (database !== null && copy !== null) await copyStopped(database, copy);
    signal.throwIfAborted();
    linkTo(project, to);
    say('Starting the new version.');
    const limitMs = Math.ceil(READY_LIMIT_MS + MIGRATION_PATIENCE * migrationMs);
    await service.start(limitMs);
    await untilReady(request, limitMs);
    signal.throwIfAborted();
  } catch (error) {
    say('It failed: going back to the version that ran.');
    const reason = messageOf(error);
    await undoUpgrade(project, service).catch((cause) => {
      const what = `The version before can't run again: ${messageOf(cause)} ${AFTERWARDS}`;
      throw new HubError('unavailable', `${reason}\n${what}`, { cause });
    });
    throw new HubError('unavailable', `${reason}\nThe version that ran before runs again, with its data.`, {
      cause: error,
    });
  }
  const downMs = clock.elapsed() - stoppedAt;
  finishUpgrade(project, journal);
  return { copy, downMs };
}

async function untilReady({ service, clock, signal }: HubService, limitMs: number): Promise<void> {
  const until = clock.elapsed() + limitMs;
  while (!(await service.isReady())) {
    signal.throwIfAborted();
    if (clock.elapsed() >= until) {
      throw new HubError('unavailable', `It was not ready within ${Math.round(limitMs / 1_000)} s.`);
    }
    await pause(clock, LOOK_INTERVAL_MS, signal);
  }
}

/** No hub writes to it meanwhile: what is restored from the copy lacks nothing. */
async function copyStopped(database: string, copy: string): Promise<void> {
  const release = becomeOnlyHub(database);
  try {
    const partial = partialOf(copy);
    await snapshot(database, partial);
    giveTo(partial, database);
    renameSync(partial, copy);
    syncFolder(dirname(copy));
  } finally {
    release();
  }
}

const AFTERWARDS =
  'Mend that (with PostgreSQL, bring your copy back with pg_restore), then run "valletpv-hub upgrade --undo".';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
