import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { FileLoss } from '../db/watched-file.ts';
import type { Logger } from '../log/log.ts';
import { makeFolder } from '../ownership.ts';

/** The database's file lost its name, and what became of what is open. */
export interface LostFile {
  path: string;
  loss: FileLoss;
  /** In milliseconds. */
  since: number;
  /** The copy of what is open; undefined until it is whole. */
  copy: string | undefined;
  /** Why it could not be made when that was tried last. */
  fault: string | undefined;
}

export interface FileWatch {
  /** Undefined while the database's path leads to the file that is open. */
  lost(): LostFile | undefined;
  stop(): void;
}

const LOOK_INTERVAL_MS = 1_000;
/** A copy that could not be made is tried again after this. */
const SAVE_AGAIN_MS = 30_000;

/**
 * Looks each second whether the database's path still leads to the file that is open. If not, `transact` refuses by
 * itself; this saves what is open, which no other process can reach: another program's backup would find no file, or
 * the wrong one.
 */
export function startFileWatch(ports: { db: Database; clock: Clock; log: Logger }): FileWatch {
  const { db, clock, log } = ports;
  const { file } = db;
  if (file === undefined) return { lost: () => undefined, stop: () => {} };
  let lost: LostFile | undefined;
  let saving = false;
  let saveAt = Number.NEGATIVE_INFINITY;

  const save = async (of: LostFile) => {
    const time = new Date(of.since)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
      .replaceAll(':', '');
    const copy = `${file.path}.saved-${time}`;
    try {
      makeFolder(dirname(copy));
      await file.saveTo(copy);
      of.copy = copy;
      of.fault = undefined;
      log.error({ copy }, 'saved what the lost database holds: stop the hub, restore this copy, and start it again');
    } catch (err) {
      of.fault = err instanceof Error ? err.message : String(err);
      saveAt = clock.elapsed() + SAVE_AGAIN_MS;
      log.error({ err }, 'could not save what the lost database holds: let the hub run, and make room; it tries again');
    }
  };

  const look = () => {
    const loss = file.loss();
    if (loss === undefined) {
      if (lost !== undefined) log.warn({ path: file.path }, 'the path leads to the open database again');
      lost = undefined;
      return;
    }
    if (lost?.loss !== loss) {
      lost = { path: file.path, loss, since: clock.now(), copy: lost?.copy, fault: undefined };
      saveAt = Number.NEGATIVE_INFINITY;
      log.error(
        { path: file.path, loss },
        'the database was deleted or replaced under the hub: nothing is taken any more',
      );
    }
    if (saving || lost.copy !== undefined || clock.elapsed() < saveAt) return;
    saving = true;
    void save(lost).finally(() => {
      saving = false;
    });
  };
  return { lost: () => lost, stop: clock.every(LOOK_INTERVAL_MS, look) };
}
