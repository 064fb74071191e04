import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HubClientError } from '../errors.ts';
import { isAlive, isSignName, type Place, placeOfThis, signOfLife } from './sign-of-life.ts';

/** Files that this very process holds: its own number in a lock file says nothing about that. */
const held = new Set<string>();

/** How often a lock is tried for that others let go or take over at the same moment. */
const ATTEMPTS = 10;

interface Holder extends Place {
  pid: number;
  /** When that process began, where the system tells: a number is given to another process one day. */
  started: string | undefined;
  /** The name of a socket beside the lock, on which that process listens for as long as it lives. */
  socket: string | undefined;
}

/**
 * Makes this process the only one that uses `path`, by a file beside it that names the process. One left by a process
 * that is gone is taken over. Where another container has the number of a process to itself, a socket beside the lock
 * tells whether it lives. For a local disk: another machine's processes can't be seen.
 * @returns lets it go
 * @throws HubClientError `memory_locked`
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lockPath = join(realpathSync(dirname(path)), `${basename(path)}.lock`);
  const place = placeOfThis();
  if (held.has(lockPath)) throw lockedBy({ pid: process.pid, ...place }, path, place);
  held.add(lockPath);
  const sign = await signOfLife(lockPath, place);
  const own = { pid: process.pid, started: startOf(process.pid), socket: sign?.name, ...place, token: randomUUID() };
  const mine = `${JSON.stringify(own)}\n`;
  try {
    await take(path, lockPath, mine, place);
    return async () => {
      // Another process may have taken it over, because it took this one for dead.
      if ((await contentOf(lockPath)) === mine) await rm(lockPath, { force: true });
      await sign?.end();
      held.delete(lockPath);
    };
  } catch (error) {
    await sign?.end();
    held.delete(lockPath);
    throw error;
  }
}

async function take(path: string, lockPath: string, mine: string, place: Place): Promise<void> {
  // A link appears with its content, and only where nothing is: never half a lock, never two.
  const own = `${lockPath}.${randomUUID()}`;
  await writeFile(own, mine);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await linked(own, lockPath)) return;
      const there = await contentOf(lockPath);
      if (there === undefined) continue;
      const holder = holderOf(there);
      if (holder !== undefined && (await lives(holder, lockPath, place))) throw lockedBy(holder, path, place);
      if (holder?.socket !== undefined) await rm(join(dirname(lockPath), holder.socket), { force: true });
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
    const { pid, started, socket, space, boot, host } = JSON.parse(content);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, started, space, boot, host, socket: isSignName(socket) ? socket : undefined };
  } catch {
    return undefined;
  }
}

async function lives(holder: Holder, lockPath: string, place: Place): Promise<boolean> {
  const { pid, started, socket } = holder;
  // Nothing outlives a start of the machine.
  if (holder.boot !== undefined && place.boot !== undefined && holder.boot !== place.boot) return false;
  if (holder.space !== undefined && place.space !== undefined && holder.space !== place.space) {
    // Its number says nothing here. Without a sign of life nothing tells, and two at once would be the worst.
    return socket === undefined || (await isAlive(join(dirname(lockPath), socket)));
  }
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

function lockedBy(holder: Pick<Holder, 'pid' | keyof Place>, path: string, place: Place): HubClientError {
  const elsewhere = holder.space !== place.space ? ` of another container (host ${holder.host})` : '';
  return new HubClientError('memory_locked', { detail: `${path}, by process ${holder.pid}${elsewhere}` });
}
