import { existsSync } from 'node:fs';
import type { Connection } from '../connection.ts';
import type { DatabaseFault } from '../fault.ts';
import type { SnapshotReader, SqliteWriter } from '../sqlite.ts';
import { OPEN_FILES, openLogFile } from './log-file.ts';
import { SyncedReads } from './synced-reads.ts';
import { Syncs } from './syncs.ts';

/** Syncs that may be under way at once; libuv has four threads, and others need them too. */
const MOST_UNDER_WAY = 2;

export interface BesidePorts {
  /** A writer that commits without syncing. */
  writer: SqliteWriter;
  openReader(): SnapshotReader;
  /** Gets a sync that failed, before anything that waits for it does: the process must end, and tell nothing more. */
  onSyncFailed?: ((fault: DatabaseFault) => void) | undefined;
  /** Syncs a log; absent: the system's. A test delays it, or makes it fail. */
  sync?: ((slot: number, sync: () => Promise<void>) => Promise<void>) | undefined;
}

/** A database whose disk works beside the event loop. */
export interface Beside {
  writer: Connection;
  reader: Connection;
  /** Runs `work` while no reading connection keeps the log from being started anew. */
  withoutSnapshots<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Whether this system is one on which that is proven: Linux, which says what files a process has open. macOS answers a
 * sync before the disk has it, and SQLite knows how to ask for more.
 */
export function canSyncBeside(): boolean {
  return process.platform === 'linux' && existsSync(OPEN_FILES);
}

/**
 * Lets commits be synced beside the event loop. SQLite writes a commit to its log and does not wait for the disk; a
 * sync of that log on another thread then makes it as durable as SQLite's own FULL commit, if nothing of it is told
 * before: `durable` says when, and reads show only what is.
 *
 * SQLite itself still syncs the log before it copies from it, and the file before it writes over the log (a checkpoint),
 * and the first page of a log that it starts anew: the checkpoint's thread does all three (checkpoint-worker.cjs).
 */
export function syncBeside({ writer, openReader, onSyncFailed, sync }: BesidePorts): Beside {
  // Nothing of what a killed process left may be told before it is on disk.
  writer.writeBack();
  const log = openLogFile(`${writer.file.path}-wal`, MOST_UNDER_WAY);
  // One for each sync under way, one for what is on disk, one that sees everything.
  const readers = Array.from({ length: MOST_UNDER_WAY + 2 }, () => openReader());
  const reads = new SyncedReads({ readers, behind: () => syncs.behind, durable: () => syncs.durable() });
  let isNamed = true;
  const syncs: Syncs = new Syncs({
    most: MOST_UNDER_WAY,
    sync: (slot) => (sync === undefined ? log.sync(slot) : sync(slot, () => log.sync(slot))),
    onBegin: (commit) => reads.syncing(commit),
    onDurable(commit) {
      reads.synced(commit);
      // What lies in a file that lost its name meanwhile is not kept. Once for all commits that share the sync.
      isNamed = writer.file.loss() === undefined;
    },
    onFailed: (fault) => onSyncFailed?.(fault),
  });
  writer.follow({
    beforeCommit: () => {
      if (!syncs.behind) reads.beforeCommit();
    },
    committed: () => syncs.committed(),
    commitFailed: () => reads.commitFailed(),
  });
  const noTransactions = async () => {
    throw new Error('Transactions go through transact.');
  };
  return {
    writer: {
      ...writer,
      async begin(bounds) {
        if (syncs.fault !== undefined) throw syncs.fault;
        await writer.begin(bounds);
      },
      durable: () =>
        syncs.durable()?.then(() => {
          if (!isNamed) writer.file.requireNamed();
        }),
      async close() {
        await syncs.ended();
        // Copied into the file, what the disk did not keep could become something else.
        if (syncs.fault === undefined) await writer.close();
        log.close();
      },
    },
    reader: {
      execute: (text, parameters) => reads.execute(text, parameters),
      begin: noTransactions,
      commit: noTransactions,
      rollback: noTransactions,
      close: () => reads.close(),
    },
    withoutSnapshots: (work) => reads.without(work),
  };
}
