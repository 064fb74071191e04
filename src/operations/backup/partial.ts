import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { discard } from './snapshot.ts';

const PARTIAL = '.partial-';

/**
 * A name beside `target` for what is not complete yet; renaming it is then all that remains. What a killed process
 * left there is removed.
 */
export function partialOf(target: string): string {
  const [folder, own] = [dirname(target), basename(target)];
  removePartials(folder, (name) => name === own);
  return join(folder, `${own}${PARTIAL}${process.pid}`);
}

/**
 * Removes what killed processes left in a folder.
 * @param isOurs gets the name that a file would have got once it was complete
 */
export function removePartials(folder: string, isOurs: (name: string) => boolean): void {
  for (const name of readdirSync(folder)) {
    const end = name.lastIndexOf(PARTIAL);
    if (end === -1 || !isOurs(name.slice(0, end))) continue;
    const pid = Number(/^\d+/.exec(name.slice(end + PARTIAL.length))?.[0]);
    if (pid > 0 && (pid === process.pid || !isRunning(pid))) discard(join(folder, name));
  }
}

/** Brings a folder's names to the disk, so that a rename survives a power cut. */
export function syncFolder(folder: string): void {
  // Windows opens no folders, and needs none of this.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user runs, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
