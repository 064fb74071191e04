import pg from 'pg';
import { HubError } from '../errors.ts';
import type { Connection } from './connection.ts';

const INT8 = 20;
// Row numbers, Telegram ids and milliseconds all fit below 2^53.
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    return oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
  },
};

/** One connection that is opened when it is needed, and opened again after it was lost. */
export function openPostgresWriter(connectionString: string): Connection {
  let client: Promise<pg.Client> | undefined;
  const connect = async () => {
    const opened = new pg.Client({ connectionString, types, application_name: 'valletpv-hub' });
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
  const use = async () => {
    if (current !== undefined) return current;
    client ??= connect();
    return client;
  };
  const plain = async (text: string) => {
    await (await use()).query(text);
  };
  return {
    async execute(text, parameters) {
      return outcome(await (await use()).query({ name: names(text), text, values: [...parameters] }));
    },
    async begin() {
      const opened = await use();
      await opened.query('begin');
      current = opened;
    },
    async commit() {
      await plain('commit').finally(() => {
        current = undefined;
      });
    },
    async rollback() {
      await plain('rollback')
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
  const pool = new pg.Pool({ connectionString, types, max: 5, application_name: 'valletpv-hub reads' });
  // An idle connection that is cut is replaced at the next query; that query reports what is wrong.
  pool.on('error', () => {});
  const names = statementNames();
  const noTransactions = async () => {
    throw new Error('Transactions go through transact.');
  };
  return {
    async execute(text, parameters) {
      return outcome(await pool.query({ name: names(text), text, values: [...parameters] }));
    },
    begin: noTransactions,
    commit: noTransactions,
    rollback: noTransactions,
    close: () => pool.end(),
  };
}

/** Says why without the URL, which holds a password. */
function unreachable(cause: unknown): HubError {
  // A name with several addresses gives one fault for each, and no message for all.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const reason = first instanceof Error ? first.message : String(first);
  return new HubError('unavailable', `The database can't be reached (${reason}): check DATABASE_URL and the server.`, {
    cause,
    retryAfterSeconds: 2,
  });
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
