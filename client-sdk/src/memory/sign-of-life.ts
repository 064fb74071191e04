import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Where a process runs. Two containers on one machine have the same boot, and each its own numbers of processes. */
export interface Place {
  /** Among which processes a number names one; undefined where the system does not tell. */
  space: string | undefined;
  /** The machine's start. */
  boot: string | undefined;
  host: string | undefined;
}

/** What a process shows for as long as it lives, whatever container looks. */
export interface SignOfLife {
  /** The socket's file, beside the lock. */
  name: string;
  end(): Promise<void>;
}

const SIGN_NAME = /^\.[0-9a-f-]{36}\.alive$/;

/** Where this process runs. */
export function placeOfThis(): Place {
  return { space: spaceOfThis(), boot: bootOfThis(), host: hostname() };
}

/**
 * Listens on a socket beside the lock: the system ends it together with the process, however that ends. Undefined where
 * the number of a process is enough (there are no containers to tell apart), or where the disk takes no sockets.
 */
export async function signOfLife(lockPath: string, place: Place): Promise<SignOfLife | undefined> {
  if (place.space === undefined) return undefined;
  const name = `.${randomUUID()}.alive`;
  const server = createServer((socket) => socket.destroy());
  const path = join(dirname(lockPath), name);
  try {
    await throughFolder(
      path,
      (short) =>
        new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen(short, resolve);
        }),
    );
  } catch {
    return undefined;
  }
  server.unref();
  return {
    name,
    async end() {
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}

/** Whether a lock may name this file: never one outside of its folder. */
export function isSignName(name: unknown): name is string {
  return typeof name === 'string' && SIGN_NAME.test(name);
}

/** Whether the process that listens on the socket lives. */
export function isAlive(path: string): Promise<boolean> {
  return throughFolder(
    path,
    (short) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(short);
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', (error) => {
          const code = 'code' in error ? error.code : undefined;
          resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED');
        });
      }),
  ).catch(() => true);
}

/** The name of a socket has 107 bytes at most; this way the folder takes few of them. */
async function throughFolder<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  const folder = await open(dirname(path));
  try {
    return await use(`/proc/self/fd/${folder.fd}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}

function spaceOfThis(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function bootOfThis(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
