import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../../folder.ts';

export type LogName = 'access' | 'error';

const PIECE_BYTES = 64 * 1024;
const LINE_END = 10;

/**
 * The lines of one log in the order in which they were written, over all files that src/log/file.ts makes of it. Each
 * call of `lines` gives what was written since the one before.
 */
export class LogTail {
  readonly #folder: string;
  readonly #name: LogName;
  readonly #since: number;
  #file: string | undefined;
  /** Where the next line begins. */
  #offset = 0;

  /** @param since files that were not written to after this are not read, in milliseconds */
  constructor(dir: string, name: LogName, since: number) {
    this.#folder = join(dir, name);
    this.#name = name;
    this.#since = since;
  }

  async *lines(): AsyncGenerator<string> {
    for (const file of await this.#files()) {
      if (file !== this.#file) {
        this.#file = file;
        this.#offset = 0;
      }
      yield* this.#rest(file);
    }
  }

  /** Those that may hold what was not read yet, the oldest first. */
  async #files(): Promise<string[]> {
    const pattern = new RegExp(`^${this.#name}\\.(\\d{4}-\\d{2}-\\d{2})\\.(\\d+)\\.log$`);
    const found = (await namesIn(this.#folder))
      .map((name) => pattern.exec(name))
      .filter((match) => match !== null)
      .map(([name, date = '', number = '']) => ({ name, order: `${date}.${number.padStart(8, '0')}` }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .map(({ name }) => join(this.#folder, name));
    if (this.#file !== undefined) return found.slice(Math.max(0, found.indexOf(this.#file)));
    const written = await Promise.all(found.map(async (file) => (await gone(stat(file)))?.mtimeMs ?? 0));
    return found.filter((_, index) => (written[index] ?? 0) >= this.#since);
  }

  /** Whole lines alone: the hub may be writing the last one. */
  async *#rest(file: string): AsyncGenerator<string> {
    const handle = await gone(open(file, 'r'));
    if (handle === undefined) return;
    try {
      let left = Buffer.alloc(0);
      for (;;) {
        const { bytesRead, buffer } = await handle.read(
          Buffer.alloc(PIECE_BYTES),
          0,
          PIECE_BYTES,
          this.#offset + left.length,
        );
        if (bytesRead === 0) return;
        left = Buffer.concat([left, buffer.subarray(0, bytesRead)]);
        for (let end = left.indexOf(LINE_END); end !== -1; end = left.indexOf(LINE_END)) {
          const line = left.toString('utf8', 0, end);
          left = left.subarray(end + 1);
          this.#offset += end + 1;
          if (line !== '') yield line;
        }
      }
    } finally {
      await handle.close();
    }
  }
}

/** The hub removes files of a log that are old. */
function gone<T>(looking: Promise<T>): Promise<T | undefined> {
  return looking.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}
