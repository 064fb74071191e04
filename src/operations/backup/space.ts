import { statfsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { HubError } from '../../errors.ts';

/** Beyond what is needed: the disk is not the hub's alone. */
const MARGIN_BYTES = 32 * 1024 * 1024;

/**
 * Makes sure that `bytes` more fit into a folder.
 * @param what takes them, for the sentence
 * @throws HubError `unavailable` with a sentence
 */
export function requireSpace(folder: string, bytes: number, what = 'the copy'): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes + MARGIN_BYTES) return;
  throw new HubError(
    'unavailable',
    `The disk of ${folder} has ${megabytes(free)} free, and ${what} takes ${megabytes(bytes)}: make room, or choose another disk.`,
  );
}

/** How much room a folder's disk has. */
export type RoomOf = (folder: string) => Promise<{ freeBytes: number; sizeBytes: number }>;

/** A copy that nobody asked for leaves this part of the disk to others. */
const LEAST_FREE_PART = 0.1;

/**
 * Makes sure that a copy leaves a tenth of a folder's disk free.
 * @param bytes of the copy, at the most
 * @param look how much room the disk has
 * @throws HubError `unavailable` with a sentence; the system's error
 */
export async function requireShare(folder: string, bytes: number, look: RoomOf = roomOf): Promise<void> {
  const { freeBytes, sizeBytes } = await look(folder);
  if (freeBytes - bytes >= sizeBytes * LEAST_FREE_PART) return;
  throw new HubError(
    'unavailable',
    `The disk of ${folder} has ${megabytes(freeBytes)} free of ${megabytes(sizeBytes)}, and the copy takes ${megabytes(bytes)}: less than a tenth would be left. Make room, or choose another BACKUP_DIR.`,
  );
}

/** How large a SQLite database is, with its log. */
export async function sizeOfSqlite(database: string): Promise<number> {
  return (await stat(database)).size + ((await stat(`${database}-wal`).catch(() => undefined))?.size ?? 0);
}

async function roomOf(folder: string): Promise<{ freeBytes: number; sizeBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

/** Whether a fault says that the disk is full, or the user's share of it. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(code);
}

/** A size as people read it, `1,074 MB`. */
export function megabytes(bytes: number, language: 'es' | 'en' = 'en'): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString(language)} MB`;
}
