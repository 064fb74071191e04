import pg from 'pg';
import { CONNECT_MS, connectionFault, TYPES } from './session.ts';

/** A statement that says that this hub is alive must not hang for longer than the others wait for it. */
const ANSWER_MS = 2_000;

/** Connections beside those for the hub's data, for what must never wait behind them. */
export interface SideConnections {
  /** Runs one statement, which commits by itself. */
  query<R>(text: string, values: readonly unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

/**
 * Part of a statement's list: its commit waits for no disk, and may be lost if the server dies. It is no setting of the
 * connection, which a pooler may lend to a transaction that must not be lost.
 */
export const COMMITS_WITHOUT_DISK = "set_config('synchronous_commit', 'off', true)";

/** @param max how many statements may run at once */
export function openSideConnections(connectionString: string, max: number): SideConnections {
  const pool = new pg.Pool({
    connectionString,
    types: TYPES,
    max,
    application_name: 'valletpv-hub side',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
  });
  pool.on('error', () => {});
  return {
    async query<R>(text: string, values: readonly unknown[]) {
      try {
        const { rows } = await pool.query({ text, values: [...values] });
        return rows as R[];
      } catch (error) {
        throw connectionFault(error);
      }
    },
    close: () => pool.end(),
  };
}
