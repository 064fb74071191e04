import type { Connection } from '../connection.ts';
import type { SnapshotReader } from '../sqlite.ts';

export interface SyncedReadsPorts {
  /** Connections that are there for as long as the file is: opened later by its name, it could be another file. */
  readers: readonly SnapshotReader[];
  /** Whether something was committed that is not on disk yet. */
  behind(): boolean;
  /** Resolves once everything that was committed before the call is on disk; undefined if it is. */
  durable(): Promise<void> | undefined;
}

/**
 * Reads that show nothing which a power cut could still take back, and yet wait for no disk: while commits are on
 * their way to it, reads see the database as it was at the newest commit that is there. That moment can't be
 * chosen afterwards, so a connection is left behind at each commit from which a sync begins, and reads move on to it
 * when the sync is back.
 *
 * Where there is no such connection, a read sees everything, and its answer waits until that is on disk.
 */
export class SyncedReads {
  readonly #ports: SyncedReadsPorts;
  readonly #free: SnapshotReader[];
  /** Those left behind, by their commits, the oldest first; the first is read if that commit is on disk. */
  #kept: { commit: number; reader: SnapshotReader }[] = [];
  #durable = 0;
  #pauses = 0;

  constructor(ports: SyncedReadsPorts) {
    this.#ports = ports;
    this.#free = [...ports.readers];
  }

  /** As `Connection.execute`. */
  async execute(text: string, parameters: readonly unknown[]): ReturnType<Connection['execute']> {
    const [synced] = this.#kept;
    if (!this.#ports.behind()) return this.#latest.execute(text, parameters);
    if (synced !== undefined && synced.commit <= this.#durable) return synced.reader.execute(text, parameters);
    const outcome = await this.#latest.execute(text, parameters);
    await this.#ports.durable();
    return outcome;
  }

  /** The next commit is about to be made; everything before it is on disk. */
  beforeCommit(): void {
    if (this.#kept.length === 0) this.#keep(this.#durable);
  }

  /** It was not made. */
  commitFailed(): void {
    if (!this.#ports.behind()) this.#release(this.#kept.length);
  }

  /** A sync of everything up to this commit, the newest, begins. */
  syncing(commit: number): void {
    this.#keep(commit);
  }

  /** Everything up to this commit is on disk. */
  synced(commit: number): void {
    this.#durable = commit;
    const isBehind = this.#ports.behind();
    const reached = this.#kept.findLastIndex((one) => one.commit <= commit);
    // The newest that is on disk stays, as long as something newer is not.
    this.#release(isBehind ? Math.max(0, reached) : this.#kept.length);
  }

  /** Leaves no connection behind while `work` runs, which then can start the log anew; reads wait for the disk. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#pauses++;
    this.#release(this.#kept.length);
    try {
      return await work();
    } finally {
      this.#pauses--;
    }
  }

  async close(): Promise<void> {
    this.#release(this.#kept.length);
    for (const reader of this.#ports.readers) await reader.close();
  }

  #keep(commit: number): void {
    const reader = this.#pauses === 0 && this.#free.length > 1 ? this.#free.pop() : undefined;
    if (reader === undefined) return;
    try {
      reader.keep();
    } catch {
      // Without it, reads wait; what is wrong with the database, they say themselves.
      this.#free.push(reader);
      return;
    }
    this.#kept.push({ commit, reader });
  }

  /** Frees the oldest of those left behind. */
  #release(count: number): void {
    for (const { reader } of this.#kept.splice(0, count)) {
      reader.release();
      this.#free.push(reader);
    }
  }

  /** One that sees everything; SQLite is done with a statement when the call returns, so any number may share it. */
  get #latest(): SnapshotReader {
    const reader = this.#free.at(-1);
    if (reader === undefined) throw new Error('There must be a reading connection more than are left behind.');
    return reader;
  }
}
