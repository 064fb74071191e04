import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const LEAST_FREE_BYTES = 2 * 2 ** 30;

/**
 * A new folder for what a test writes much of, in memory where there is room: a commit, or an installation of thousands
 * of files, need not wait for a disk that no test is about. The caller takes it away.
 */
export function makeMemoryFolder(prefix: string): string {
  return mkdtempSync(join(roomInMemory() ? MEMORY : tmpdir(), prefix));
}

function roomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= LEAST_FREE_BYTES;
  } catch {
    // Linux alone has it.
    return false;
  }
}
