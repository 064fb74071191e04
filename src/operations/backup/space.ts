import { statfsSync } from 'node:fs';
import { HubError } from '../../errors.ts';

/** Beyond what is needed: the disk is not the hub's alone. */
const MARGIN_BYTES = 32 * 1024 * 1024;

/**
 * Makes sure that `bytes` more fit into a folder.
 * @throws HubError `unavailable` with a sentence
 */
export function requireSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes + MARGIN_BYTES) return;
  throw new HubError(
    'unavailable',
    `The disk of ${folder} has ${megabytes(free)} free, and the copy takes ${megabytes(bytes)}: make room, or choose another disk.`,
  );
}

/** Whether a fault says that the disk is full, or the user's share of it. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code);
}

/** A size as people read it, `1,074 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString('en')} MB`;
}
