/** What one execution of a statement gave. */
export interface Outcome {
  /** Rows of a select or of `returning`. */
  rows: unknown[];
  /** Rows inserted, updated or deleted. */
  changes: number;
}

/** `request`: a lock and a statement may take only so long, as callers wait; `none`: a migration takes its time. */
export type Bounds = 'request' | 'none';

/**
 * One connection to a database, as `transact` and Kysely use it. On SQLite every call but `begin`, which may wait for
 * another process, is done when it returns, so awaiting it never leaves the current turn of the event loop.
 */
export interface Connection {
  /** Whether statements may be asked for before those before are answered, as many as there are. */
  readonly sideBySide?: boolean;
  execute(sql: string, parameters: readonly unknown[]): Promise<Outcome>;
  /** Starts a transaction that may write. */
  begin(bounds: Bounds): Promise<void>;
  /** @throws CommitInDoubt where it can't be known now whether it is committed; anything else: it is not */
  commit(): Promise<void>;
  /**
   * Resolves once all that was committed before the call is on disk; undefined if it is. Absent: it is as soon as
   * `commit` resolves.
   * @throws DatabaseFault (it rejects) if it can't be known to get there
   */
  durable?(): Promise<void> | undefined;
  rollback(): Promise<void>;
  close(): Promise<void>;
}
