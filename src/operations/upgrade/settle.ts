import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readJournal, removeJournal, type UpgradeJournal } from './journal.ts';
import { keepReleases, linkedProgram } from './program.ts';
import { type Service, undoUpgrade } from './undo.ts';

const COPY = '.before-upgrade-';

/** The name of the copy that is made of a database before a new version changes it. */
export function copyFor(database: string, time: string): string {
  return `${database}${COPY}${time}`;
}

/**
 * Brings an upgrade that was interrupted to an end. If the new version can work, perhaps since days, as the machine was
 * started again, it stays with what people told it; else the old one runs again, with its data.
 * @returns what became of the upgrade; undefined if there was none
 */
export async function settleUpgrade(project: string, service: Service): Promise<'finished' | 'taken back' | undefined> {
  const journal = readJournal(project);
  if (journal === undefined) return undefined;
  const isSwitched = linkedProgram(project) === journal.to;
  if (isSwitched && (await service.isActive()) && (await service.isReady())) {
    finishUpgrade(project, journal);
    return 'finished';
  }
  await undoUpgrade(project, service);
  return 'taken back';
}

/** Ends an upgrade whose new version works; the version before and the copy stay until the next one. */
export function finishUpgrade(project: string, { from, database, copy }: UpgradeJournal): void {
  removeJournal(project);
  keepReleases(project, [from]);
  if (database !== null) removeCopies(database, copy);
}

/** Those of earlier upgrades; they hold people's messages, and the disk is not without end. */
function removeCopies(database: string, kept: string | null): void {
  const [folder, own] = [dirname(database), `${basename(database)}${COPY}`];
  for (const name of readdirSync(folder)) {
    if (name.startsWith(own) && join(folder, name) !== kept) rmSync(join(folder, name), { force: true });
  }
}
