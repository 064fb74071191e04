import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, type FileHandle, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StoredFile } from '../db/push-tables.ts';
import { HubError } from '../errors.ts';
import { namesIn, syncFolder } from '../folder.ts';
import { uuidv7 } from '../ids.ts';
import { giveToFolder, makeFolder } from '../ownership.ts';

/** What is to be stored, besides its bytes. */
export interface UploadInput {
  /** What its sender calls it (`photo`); faults name it. */
  part: string;
  /** File name and type for Telegram, checked by the caller; the file on the disk has a name of its own. */
  name: string;
  mimeType: string;
  limitBytes: number;
}

/** A file that is kept, whole. */
export interface SavedUpload {
  file: StoredFile;
  /** Of its bytes, hexadecimal. */
  sha256: string;
  bytes: number;
}

/** Where uploads stay until Telegram has them: a folder, or the database that several hubs share. */
export interface UploadStore {
  /**
   * Writes a stream as it comes, never whole in memory, and resolves once it would survive a power cut. If that fails,
   * nothing stays behind.
   * @throws HubError `payload_too_large` (past `limitBytes`), `invalid_request` (empty), `unavailable` (disk, database)
   */
  save(source: AsyncIterable<Buffer>, input: UploadInput): Promise<SavedUpload>;
  /** Whether it is there, to be read. */
  has(file: Pick<StoredFile, 'path'>): Promise<boolean>;
  /** Its bytes, read as they are asked for. It fails where the file is not there, or goes meanwhile. */
  read(file: Pick<StoredFile, 'path'>): AsyncGenerator<Buffer>;
  /** Deletes it; what is gone already is fine. */
  remove(file: Pick<StoredFile, 'path'>): Promise<void>;
  /**
   * Deletes files that came more than `olderThanMs` ago and that `keep` does not want: those whose message was never
   * committed, as the process ended in between. What is being written stays, and so does everything else in a folder.
   * @returns how many it deleted
   */
  sweep(keep: (path: string) => Promise<boolean>, olderThanMs: number): Promise<number>;
}

/** A UUIDv7, whose first 48 bits are the milliseconds when the file came. */
const NAME = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\.upload$/;

/**
 * Keeps uploads in `dir`, which only this user may read.
 * @param now milliseconds since the epoch; a file's name tells when it came
 */
export function uploadStore(dir: string, now: () => number): UploadStore {
  const folder = resolve(dir);
  const writing = new Set<string>();

  const remove = ({ path }: Pick<StoredFile, 'path'>) => rm(path, { force: true });

  return {
    async save(source, input) {
      const path = join(folder, `${uuidv7(now())}.upload`);
      writing.add(path);
      try {
        await disk(Promise.resolve().then(() => makeFolder(folder)));
        const written = await write(source, path, input);
        await disk(syncFolder(folder));
        return { file: { path, name: input.name, mimeType: input.mimeType }, ...written };
      } catch (error) {
        // If this fails too, the next sweep removes the file.
        await remove({ path }).catch(() => {});
        throw error;
      } finally {
        writing.delete(path);
      }
    },

    has: ({ path }) =>
      access(path, constants.R_OK).then(
        () => true,
        () => false,
      ),

    // Opened when the first byte is asked for.
    async *read({ path }) {
      yield* createReadStream(path);
    },

    remove,

    async sweep(keep, olderThanMs) {
      const before = now() - olderThanMs;
      let removed = 0;
      for (const name of await namesIn(folder)) {
        const [, high, low] = NAME.exec(name) ?? [];
        if (high === undefined || low === undefined || Number.parseInt(high + low, 16) >= before) continue;
        const path = join(folder, name);
        if (writing.has(path) || (await keep(path))) continue;
        await remove({ path });
        removed += 1;
      }
      return removed;
    },
  };
}

async function write(
  source: AsyncIterable<Buffer>,
  path: string,
  input: UploadInput,
): Promise<Omit<SavedUpload, 'file'>> {
  const handle = await disk(open(path, 'wx', 0o600));
  giveToFolder(path);
  try {
    const written = await measured(source, input, (chunk) => disk(writeAll(handle, chunk)));
    await disk(handle.sync());
    return written;
  } finally {
    await handle.close();
  }
}

/**
 * Hands an upload on as it comes.
 * @param put takes one chunk after the other
 * @throws HubError `payload_too_large`, `invalid_request` (empty)
 */
export async function measured(
  source: AsyncIterable<Buffer>,
  { part, limitBytes }: UploadInput,
  put: (chunk: Buffer) => Promise<void>,
): Promise<Omit<SavedUpload, 'file'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > limitBytes) {
      const most = Math.floor(limitBytes / 1024 / 1024);
      throw new HubError('payload_too_large', 'An upload is too large.', {
        details: [{ path: part, message: (say) => say.upToMegabytes(most) }],
      });
    }
    hash.update(chunk);
    await put(chunk);
  }
  if (bytes === 0) {
    throw new HubError('invalid_request', 'An upload is empty.', {
      details: [{ path: part, message: (say) => say.emptyFile }],
    });
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** A nearly full disk takes a part of what it is given. */
async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
}

/** A full or broken disk is the hub's trouble, not the uploader's: try again later. */
async function disk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new HubError('unavailable', 'An upload could not be written.', { cause });
  }
}
