import pg from 'pg';
import type { Connection } from './connection.ts';
import { DatabaseFault } from './fault.ts';

const INT8 = 20;
// Row numbers, Telegram ids and milliseconds all fit below 2^53.
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    return oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
  },
};

/** A server that is not reached within this time counts as gone. */
const CONNECT_MS = 5_000;
/** A statement for one request that takes longer holds up others; what the server itself measures. */
const STATEMENT_MS = 10_000;
/** A write waits this long for a lock, and every other write behind it. */
const LOCK_MS = 4_000;
/** A transaction in which the hub says nothing: its process stands still, and holds locks. */
const IDLE_IN_TRANSACTION_MS = 2_000;
/** A server that stands still measures nothing: past this, its connection is given up. */
const ANSWER_MS = STATEMENT_MS + 2_000;

/**
 * The bounds of one transaction. They are not given when the connection is opened: a migration may take its time, and
 * a pooler in between (pgbouncer) refuses them there.
 */
const BEGIN_BOUNDED = [
  'begin',
  `set local statement_timeout = ${STATEMENT_MS}`,
  `set local lock_timeout = ${LOCK_MS}`,
  `set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
].join('; ');

/** The driver's types lack it: after so many milliseconds the query ends with an error. */
interface BoundedQuery extends pg.QueryConfig {
  query_timeout?: number;
}

/** One connection that is opened when it is needed, and opened again after it was lost. */
export function openPostgresWriter(connectionString: string): Connection {
  let client: Promise<pg.Client> | undefined;
  const connect = async () => {
    const opened = new pg.Client({
      connectionString,
      types,
      application_name: 'valletpv-hub',
      connectionTimeoutMillis: CONNECT_MS,
    });
    const forget = () => {
      client = undefined;
    };
    opened.on('error', forget);
    opened.on('end', forget);
    try {
      await opened.connect();
    } catch (cause) {
      forget();
      throw unreachable(cause);
    }
    return opened;
  };
  const names = statementNames();
  // Inside a transaction a lost connection must be an error, never a new connection without that transaction.
  let current: pg.Client | undefined;
  let answerMs: number | undefined;
  const use = async () => {
    if (current !== undefined) return current;
    client ??= connect();
    return client;
  };
  const query = async (config: pg.QueryConfig) => {
    const used = await use();
    try {
      const bounded: BoundedQuery = answerMs === undefined ? config : { ...config, query_timeout: answerMs };
      return await used.query(bounded);
    } catch (error) {
      const fault = connectionFault(error);
      // What the server does with the statement is not known: it takes the transaction back when the connection ends.
      if (fault !== error) used.connection.stream.destroy();
      throw fault;
    }
  };
  return {
    async execute(text, parameters) {
      return outcome(await query({ name: names(text), text, values: [...parameters] }));
    },
    async begin(bounds) {
      answerMs = bounds === 'request' ? ANSWER_MS : undefined;
      const opened = await use();
      await query({ text: bounds === 'request' ? BEGIN_BOUNDED : 'begin' });
      current = opened;
    },
    async commit() {
      await query({ text: 'commit' }).finally(() => {
        current = undefined;
      });
    },
    async rollback() {
      await query({ text: 'rollback' })
        .catch(() => {
          // The connection is gone, and its transaction with it.
          client = undefined;
        })
        .finally(() => {
          current = undefined;
        });
    },
    async close() {
      await (await client?.catch(() => undefined))?.end();
    },
  };
}

/** A pool for reads outside transactions. */
export function openPostgresReader(connectionString: string): Connection {
  const pool = new pg.Pool({
    connectionString,
    types,
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
  const names = statementNames();
  const noTransactions = async () => {
    throw new Error('Transactions go through transact.');
  };
  return {
    async execute(text, parameters) {
      try {
        return outcome(await pool.query({ name: names(text), text, values: [...parameters] }));
      } catch (error) {
        throw connectionFault(error);
      }
    },
    begin: noTransactions,
    commit: noTransactions,
    rollback: noTransactions,
    close: () => pool.end(),
  };
}

/** Says why without the URL, which holds a password. */
function unreachable(cause: unknown): DatabaseFault {
  // A name with several addresses gives one fault for each, and no message for all.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const reason = first instanceof Error ? first.message : String(first);
  const sentence = `The database can't be reached (${reason}): check DATABASE_URL and the server.`;
  return new DatabaseFault('unreachable', sentence, cause);
}

/** A prepared statement is there that was not made here, or is not there that was: each transaction has another server. */
const OTHERS_STATEMENTS = /^(42P05|26000)$/;
const POOLED =
  'A pooler (pgbouncer) in transaction mode stands between the hub and PostgreSQL: set pool_mode = session for this ' +
  'database (or max_prepared_statements, from pgbouncer 1.21 on), or name PostgreSQL’s own port in DATABASE_URL.';

/** What the server says has a code (SQLSTATE); what the client says of a lost connection has words alone. */
function connectionFault(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && OTHERS_STATEMENTS.test(error.code ?? '')) {
    return new DatabaseFault('refused', POOLED, error);
  }
  const isPrograms = error instanceof TypeError || error instanceof RangeError;
  return error instanceof pg.DatabaseError || error instanceof DatabaseFault || isPrograms ? error : unreachable(error);
}

function outcome(result: pg.QueryResult): { rows: unknown[]; changes: number } {
  return { rows: result.rows, changes: result.rowCount ?? 0 };
}

/** Gives each text a name under which the server keeps it prepared, up to a bound. */
function statementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= 500) return known;
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };
}
