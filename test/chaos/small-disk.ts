import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  /** Takes the disk away, with all that is on it. */
  end(): void;
}

const PIECE = Buffer.alloc(64 * 1024, 'x');

/** Whether this process may mount a disk: containers often let not even root do it. */
export function mayMount(): boolean {
  try {
    smallDisk(1).end();
    return true;
  } catch {
    return false;
  }
}

/**
 * A disk of its own, in memory.
 * @throws Error with a sentence if this process may not mount one
 */
export function smallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'small-disk', folder], {
      stdio: 'pipe',
    });
  } catch (cause) {
    rmSync(folder, { recursive: true });
    throw new Error('This mounts a small disk, which root alone may do.', { cause });
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const fd = openSync(ballast, 'a');
      try {
        // The last pieces are smaller, until not a byte goes in.
        for (let size = PIECE.length; size >= 1; size >>= 1) {
          while (written(fd, size)) {
            // On.
          }
        }
      } finally {
        closeSync(fd);
      }
    },
    free: () => rmSync(ballast),
    end() {
      // Whatever still has a file open there goes on with it.
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function written(fd: number, size: number): boolean {
  try {
    return writeSync(fd, PIECE, 0, size) > 0;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') return false;
    throw cause;
  }
}
