import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file grows to so many bytes beyond twice what it had when it was last written anew, and is written anew then. */
const SLACK_BYTES = 1024 * 1024;
const NEWLINE = 10;

interface Waiting {
  line: string;
  /** Whether it is to survive a crash of the machine, or only the end of this process. */
  durable: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** What lives in a journal now; asked for when the file is written anew. */
export type JournalContent = () => Iterable<string>;

/**
 * An append-only file of lines, each with its checksum. A process may be killed at any byte: the line that was being
 * written then is cut off at the next opening. What is appended within one turn of the event loop is written, and
 * synced, together.
 */
export class Journal {
  readonly #path: string;
  readonly #content: JournalContent;
  #file: FileHandle;
  #bytes: number;
  /** What the file had when it was last written anew; unknown, hence 0, in the first place. */
  #freshBytes = 0;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  /** A write or a sync failed: part of the file may be broken, so the next write replaces all of it. */
  #suspect = false;

  private constructor(path: string, content: JournalContent, file: FileHandle, bytes: number) {
    this.#path = path;
    this.#content = content;
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Opens the file, or makes it, and calls `read` with each record in it. */
  static async open(path: string, content: JournalContent, read: (record: string) => void): Promise<Journal> {
    // Left by a process that was killed while it wrote the file anew; the old one is still whole.
    await rm(newPath(path), { force: true });
    // `a+` would append wherever the end is, also after a cut; positions are kept here instead.
    const file = await open(path, 'r+').catch(() => open(path, 'w+'));
    try {
      const bytes = await file.readFile();
      const end = readLines(bytes, read);
      if (end < bytes.length) await file.truncate(end);
      await file.sync();
      await syncFolder(path);
      return new Journal(path, content, file, end);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Resolves when the record is written; `durable`: when it is on the disk. What the record says must be part of the
   * content by then already.
   */
  append(record: string, durable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: lineOf(record), durable, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    await this.#draining;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    // Gathers what the rest of this turn appends.
    await undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#suspect || this.#bytes > SLACK_BYTES + 2 * this.#freshBytes) await this.#rewrite();
        else await this.#write(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#suspect = true;
        for (const { reject } of batch) reject(error);
      }
    }
    this.#draining = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const bytes = Buffer.from(batch.map(({ line }) => line).join(''));
    await writeAll(this.#file, bytes, this.#bytes);
    this.#bytes += bytes.length;
    if (batch.every(({ durable }) => !durable)) return;
    for (const { durable, resolve } of batch) if (!durable) resolve();
    await this.#file.datasync();
  }

  /** Writes a new file beside the old one, and puts it in its place: one of the two is whole at any moment. */
  async #rewrite(): Promise<void> {
    const bytes = Buffer.from(Array.from(this.#content(), lineOf).join(''));
    const file = await open(newPath(this.#path), 'w+');
    try {
      await writeAll(file, bytes, 0);
      await file.sync();
      await rename(newPath(this.#path), this.#path);
      await syncFolder(this.#path);
    } catch (error) {
      await file.close();
      throw error;
    }
    const old = this.#file;
    this.#file = file;
    this.#bytes = bytes.length;
    this.#freshBytes = bytes.length;
    this.#suspect = false;
    await old.close();
  }
}

function newPath(path: string): string {
  return `${path}.new`;
}

function lineOf(record: string): string {
  return `${checksum(Buffer.from(record))} ${record}\n`;
}

/**
 * Calls `read` with each whole record, and returns where the last one ends. A broken line in the middle is left out:
 * those behind it are good.
 */
function readLines(bytes: Buffer, read: (record: string) => void): number {
  let end = 0;
  for (let from = 0; ; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    if (newline === -1) return end;
    const record = bytes.subarray(from + 9, newline);
    if (bytes.toString('latin1', from, from + 9) === `${checksum(record)} `) {
      read(record.toString());
      end = newline + 1;
    }
    from = newline + 1;
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** Makes a new name in a folder survive a crash; Windows knows no such thing, and refuses. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const TABLE = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  TABLE[n] = c;
}

/** CRC-32 as eight hexadecimal digits. `zlib.crc32` came with Node 20.15 and 22.2 only. */
export function checksum(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
