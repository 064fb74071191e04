import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing, each for one user alone: root makes them for the owner of the
 * folder in which they lie. One by one, as a folder that can't be made (under /proc) keeps Node's own way busy for ever.
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process made it at the same moment.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    throw error;
  }
  giveToFolder(folder);
}

/** Gives what root just made to the owner of the folder: it would be closed to the user that the hub runs as. */
export function giveToFolder(path: string): void {
  giveTo(path, dirname(resolve(path)));
}

/** Gives what root just made to the owner of `like`. */
export function giveTo(path: string, like: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(like);
  chownSync(path, uid, gid);
}
