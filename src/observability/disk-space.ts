import { statfs } from 'node:fs/promises';

/** How much room the disk has on which the hub keeps its files. */
export interface DiskSpace {
  freeBytes: number;
  sizeBytes: number;
}

/** A disk is nearly full below either. */
const LEAST_FREE_PART = 0.05;
const LEAST_FREE_BYTES = 500_000_000;

/** Of the disk that holds this folder. */
export async function diskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

export function isNearlyFull({ freeBytes, sizeBytes }: DiskSpace): boolean {
  return freeBytes < LEAST_FREE_BYTES || freeBytes < sizeBytes * LEAST_FREE_PART;
}
