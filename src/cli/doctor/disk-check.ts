import { statfs } from 'node:fs/promises';
import { say } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';

const MIB = 1024 * 1024;
/** A busy day writes about this much before retention frees it again. */
const COMFORTABLE_BYTES = 1024 * MIB;
/** Below this a checkpoint or a burst can hit the end: the hub then answers 503. */
const LEAST_BYTES = 100 * MIB;

/** Whether the disk under the database has room. */
export async function checkDisk(folder: string): Promise<Finding> {
  const { ok, warning, fault, skipped } = findings('disk');
  let free: number;
  try {
    const disk = await statfs(folder);
    free = disk.bavail * disk.bsize;
  } catch {
    return skipped(say`The disk of ${folder} can't be asked: the folder does not exist yet.`);
  }
  const what = say`${Math.floor(free / MIB)} MiB are free under ${folder}.`;
  if (free < LEAST_BYTES)
    return fault(what, say`Free some space there: a full disk makes the hub refuse updates (503).`);
  if (free < COMFORTABLE_BYTES) return warning(what, say`Free some space, or lower RETENTION_DAYS.`);
  return ok(what);
}
