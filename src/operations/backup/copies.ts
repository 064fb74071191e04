import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../../folder.ts';

/** A copy that the hub made by itself. */
export interface Copy {
  name: string;
  /** In milliseconds; the name says it, as a file that is moved gets another time. */
  madeAt: number;
  bytes: number;
}

const NAME = /^hub-(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z\.(?:db|dump)$/;

/** Of SQLite a copy is a database again, of PostgreSQL what its pg_dump makes. */
export type CopyKind = 'db' | 'dump';

/** The name of the copy that is made at this moment: `hub-2026-11-28T033000Z.db`, in UTC. */
export function copyName(at: number, kind: CopyKind = 'db'): string {
  return `hub-${timeInName(at)}.${kind}`;
}

/** A time as names of files have it: `2026-11-28T033000Z`, in UTC. */
export function timeInName(at: number): string {
  return new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
}

/** When the copy of this name was made; undefined if the hub gave no file this name. */
export function madeAtOf(name: string): number | undefined {
  const [, date, hour, minute, second] = NAME.exec(name) ?? [];
  const at = Date.parse(`${date}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * The hub's own copies in a folder, the newest first; other files are not looked at. None where there is no folder.
 * @throws the system's error
 */
export async function copiesIn(folder: string): Promise<Copy[]> {
  const found: Copy[] = [];
  for (const name of await namesIn(folder)) {
    const madeAt = madeAtOf(name);
    if (madeAt === undefined) continue;
    // One that is removed meanwhile is none.
    const file = await lstat(join(folder, name)).catch(() => undefined);
    if (file?.isFile()) found.push({ name, madeAt, bytes: file.size });
  }
  return found.sort((a, b) => b.madeAt - a.madeAt);
}
