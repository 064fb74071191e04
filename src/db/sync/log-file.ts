import { closeSync, fdatasync, fdatasyncSync, fstatSync, fsyncSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where Linux lists the files that a process has open. */
export const OPEN_FILES = '/proc/self/fd';

/** SQLite's log, open for syncing it beside SQLite. */
export interface LogFile {
  /** Syncs, on a thread of libuv's pool, what was written to the log before the call. */
  sync(slot: number): Promise<void>;
  close(): void;
}

/**
 * Opens a log that SQLite has open in this process, and checks that it is that very file: a sync of another one would
 * confirm what is on no disk. SQLite keeps its log open, under the same name, as long as it has the database open, and
 * locks other files than this one, so that closing a descriptor of it lets go of no lock.
 *
 * Each sync that may be under way at once gets a descriptor of its own, as the system tells a fault of writing once to
 * each: two syncs that share one could get one fault, and the other would succeed.
 * @throws Error of the system; Error with a sentence if it is not the file that SQLite writes
 */
export function openLogFile(path: string, most: number): LogFile {
  const held = filesOfThisProcess();
  const descriptors: number[] = [];
  const close = () => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  try {
    for (let slot = 0; slot < most; slot++) descriptors.push(openSync(path, 'r+'));
    for (const descriptor of descriptors) {
      const { dev, ino } = fstatSync(descriptor);
      if (!held.has(`${dev} ${ino}`)) throw new Error(`${path} was replaced at this moment`);
    }
    // What an earlier process left in the log, too.
    for (const descriptor of descriptors) fdatasyncSync(descriptor);
    keepNames(path);
  } catch (error) {
    close();
    throw error;
  }
  return {
    sync: (slot) =>
      new Promise((resolve, reject) => {
        const descriptor = descriptors[slot];
        if (descriptor === undefined) throw new Error('The log is closed.');
        fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      }),
    close,
  };
}

/** The files that this process has open, as Linux tells them. */
function filesOfThisProcess(): Set<string> {
  const found = readdirSync(OPEN_FILES).map((name) => statSync(`${OPEN_FILES}/${name}`, { throwIfNoEntry: false }));
  return new Set(found.flatMap((file) => (file?.isFile() ? [`${file.dev} ${file.ino}`] : [])));
}

/** A new file is on disk only once its folder is. */
function keepNames(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
