import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { DatabaseFault } from './fault.ts';
import { withoutLog } from './without-log.ts';

/** What happened to a file that is open: its name leads to no file, or to another one. */
export type FileLoss = 'deleted' | 'replaced';

/**
 * A SQLite database and its log, which are open, and the names that led to them. What is written into a file without
 * its name is gone when the process ends: nothing of it may be confirmed.
 */
export class WatchedFile {
  /** The database's file, links followed. */
  readonly path: string;
  /** What tells the database's file from every other: its device and number, as `dev ino`. */
  readonly identity: string;
  readonly #opened: readonly { name: string; identity: string | undefined }[];
  readonly #copy: (target: string) => Promise<unknown>;

  /**
   * @param name the database's path; it is open, and its log is there
   * @param copy copies what is open, as it stands, to a new file
   */
  constructor(name: string, copy: (target: string) => Promise<unknown>) {
    this.path = realpathSync(name);
    this.identity = String(identityOf(this.path));
    this.#copy = copy;
    // SQLite names the log after the file itself, where a link leads to it.
    this.#opened = [name, `${this.path}-wal`].map((one) => ({ name: one, identity: identityOf(one) }));
  }

  /** Looks now: two calls of the system, some microseconds. */
  loss(): FileLoss | undefined {
    for (const { name, identity } of this.#opened) {
      const now = identityOf(name);
      if (now !== identity) return now === undefined ? 'deleted' : 'replaced';
    }
    return undefined;
  }

  /** @throws DatabaseFault `lost` */
  requireNamed(): void {
    const loss = this.loss();
    if (loss !== undefined) throw new DatabaseFault('lost', `The database's file ${this.path} was ${loss}.`);
  }

  /**
   * Copies what is open to one file, without a log, that gets its name once it is whole. It works without the names, too.
   * @throws Error of SQLite or the system; nothing is left at `target` then
   */
  async saveTo(target: string): Promise<void> {
    const partial = `${target}.partial-${process.pid}`;
    try {
      closeSync(openSync(partial, 'wx', 0o600));
      await this.#copy(partial);
      withoutLog(partial);
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }
}

/** A number that no other file has as long as this one is open; undefined if there is no such file. */
function identityOf(name: string): string | undefined {
  const found = statSync(name, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
