/** What one execution of a statement gave. */
export interface Outcome {
  /** Rows of a select or of `returning`. */
  rows: unknown[];
  /** Rows inserted, updated or deleted. */
  changes: number;
}

/**
 * One connection to a database, as `transact` and Kysely use it. On SQLite every call is done when it returns, so
 * awaiting it never leaves the current turn of the event loop.
 */
export interface Connection {
  execute(sql: string, parameters: readonly unknown[]): Promise<Outcome>;
  /** Starts a transaction that may write. */
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}
