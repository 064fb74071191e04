import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { discard } from './snapshot.ts';

const PARTIAL = '.partial-';

/**
 * A name beside `target` for what is not complete yet; renaming it is then all that remains. What a killed process
 * left there is removed.
 */
export function partialOf(target: string): string {
  const folder = dirname(target);
  const prefix = `${basename(target)}${PARTIAL}`;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(/^\d+/.exec(name.slice(prefix.length))?.[0]);
    if (pid > 0 && (pid === process.pid || !isRunning(pid))) discard(join(folder, name));
  }
  return join(folder, `${prefix}${process.pid}`);
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
