import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HubClientError } from '../errors.ts';

/** Files that this very process holds: its own number in a lock file says nothing about that. */
const held = new Set<string>();

/** How often a lock is tried for that others let go or take over at the same moment. */
const ATTEMPTS = 10;

interface Holder {
  pid: number;
  /** When that process began, where the system tells: a number is given to another process one day. */
  started: string | undefined;
}

/**
 * Makes this process the only one that uses `path`, by a file beside it that names the process. One left by a process
 * that is gone is taken over. For a local disk: another machine's processes can't be seen.
 * @returns lets it go
 * @throws HubClientError `memory_locked`
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lockPath = join(realpathSync(dirname(path)), `${basename(path)}.lock`);
  if (held.has(lockPath)) throw lockedBy(process.pid, path);
  held.add(lockPath);
  try {
    const mine = `${JSON.stringify({ pid: process.pid, started: startOf(process.pid), token: randomUUID() })}\n`;
    await take(path, lockPath, mine);
    return async () => {
      // Another process may have taken it over, because it took this one for dead.
      if ((await contentOf(lockPath)) === mine) await rm(lockPath, { force: true });
      held.delete(lockPath);
    };
  } catch (error) {
    held.delete(lockPath);
    throw error;
  }
}

async function take(path: string, lockPath: string, mine: string): Promise<void> {
  // A link appears with its content, and only where nothing is: never half a lock, never two.
  const own = `${lockPath}.${randomUUID()}`;
  await writeFile(own, mine);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await linked(own, lockPath)) return;
      const there = await contentOf(lockPath);
      if (there === undefined) continue;
      const holder = holderOf(there);
      if (holder !== undefined && lives(holder)) throw lockedBy(holder.pid, path);
      await removeStale(lockPath, there);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new HubClientError('memory_locked', { detail: path });
}

/** Moves a dead process's lock away; where it was another's by then, that one gets it back. */
async function removeStale(lockPath: string, stale: string): Promise<void> {
  const aside = `${lockPath}.${randomUUID()}`;
  try {
    await rename(lockPath, aside);
  } catch {
    return;
  }
  if ((await contentOf(aside)) !== stale) await linked(aside, lockPath);
  await rm(aside, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function holderOf(content: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(content);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function lives({ pid, started }: Holder): boolean {
  // In a container the program has the same number each time; this process holds no lock of that name.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** When a process began, in the kernel's ticks; undefined where the system has no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name may hold spaces and brackets; what is counted comes after its last one. Field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function lockedBy(pid: number, path: string): HubClientError {
  return new HubClientError('memory_locked', { detail: `${path}, by process ${pid}` });
}
