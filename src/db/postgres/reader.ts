import pg from 'pg';
import type { Connection } from '../connection.ts';
import {
  ANSWER_MS,
  CONNECT_MS,
  connectionFault,
  LOCK_MS,
  outcome,
  STATEMENT_MS,
  StatementNames,
  TYPES,
} from './session.ts';

/** A pool for reads outside transactions. */
export function openPostgresReader(connectionString: string): Connection {
  const pool = new pg.Pool({
    connectionString,
    types: TYPES,
    max: 5,
    application_name: 'valletpv-hub reads',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    // The pool waits for it before it lends the connection.
    onConnect: async (client) => {
      await client.query(`set statement_timeout = ${STATEMENT_MS}; set lock_timeout = ${LOCK_MS}`);
    },
  });
  // An idle connection that is cut is replaced at the next query; that query reports what is wrong.
  pool.on('error', () => {});
  const names = new StatementNames();
  const noTransactions = async () => {
    throw new Error('Transactions go through transact.');
  };
  return {
    async execute(text, parameters) {
      for (let isAgain = false; ; isAgain = true) {
        const name = names.of(text);
        try {
          return outcome(await pool.query({ name, text, values: [...parameters] }));
        } catch (error) {
          if (!names.outdatedBy(error, name) || isAgain) throw connectionFault(error);
        }
      }
    },
    begin: noTransactions,
    commit: noTransactions,
    rollback: noTransactions,
    close: () => pool.end(),
  };
}
