import pg from 'pg';
import { pause, systemClock } from '../../clock.ts';
import type { Connection } from '../connection.ts';
import { CommitInDoubt } from '../fault.ts';
import {
  ANSWER_MS,
  CONNECT_MS,
  connectionFault,
  IDLE_IN_TRANSACTION_MS,
  LOCK_MS,
  outcome,
  STATEMENT_MS,
  StatementNames,
  TYPES,
  unreachable,
} from './session.ts';

/**
 * The bounds of one transaction. They are not given when the connection is opened: a migration may take its time, and
 * a pooler in between (pgbouncer) refuses them there. Its number tells later what became of it, if the answer to the
 * commit is lost.
 */
const BEGIN_BOUNDED = [
  'begin',
  `set local statement_timeout = ${STATEMENT_MS}`,
  `set local lock_timeout = ${LOCK_MS}`,
  `set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
  // A standby has none, and says at the first write that it takes none.
  'select case when pg_is_in_recovery() then null else txid_current() end as number',
].join('; ');

/** A server that is still at work for a lost connection is asked again after this. */
const LOOK_AGAIN_MS = 20;
/** The server knows nothing of a clock that a test moves. */
const serverTime = systemClock();

/** The driver's types lack it: after so many milliseconds the query ends with an error. */
interface BoundedQuery extends pg.QueryConfig {
  query_timeout?: number;
}

/** One connection that is opened when it is needed, and opened again after it was lost. */
export function openPostgresWriter(connectionString: string): Connection {
  let client: Promise<pg.Client> | undefined;
  const names = new StatementNames();
  // Inside a transaction a lost connection must be an error, never a new connection without that transaction.
  let current: pg.Client | undefined;
  let answerMs: number | undefined;
  /** The open transaction's number, and the first fault in it: PostgreSQL refuses whatever follows, for no other reason. */
  let number: number | undefined;
  let firstFault: unknown;
  /** A transaction of which nobody knows yet whether it was committed. */
  let doubt: { number: number; resolve(committed: boolean): void } | undefined;

  const connect = async () => {
    const opened = new pg.Client({
      connectionString,
      types: TYPES,
      application_name: 'valletpv-hub',
      connectionTimeoutMillis: CONNECT_MS,
      pipeline: true,
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
  const use = async () => {
    if (current !== undefined) return current;
    client ??= connect();
    return client;
  };
  const query = async (config: pg.QueryConfig) => {
    const used = await use();
    writeTogether(used);
    try {
      const bounded: BoundedQuery = answerMs === undefined ? config : { ...config, query_timeout: answerMs };
      return await used.query(bounded);
    } catch (error) {
      // The transaction runs again, with statements of new names.
      names.outdatedBy(error, config.name);
      const fault = connectionFault(error);
      // What the server does with the statement is not known: it takes the transaction back when the connection ends.
      if (fault !== error) used.connection.stream.destroy();
      if (current === undefined) throw fault;
      firstFault ??= fault;
      throw firstFault;
    }
  };
  /** Whether a transaction that is over was committed; undefined while that can't be known. */
  const wasCommitted = async (transaction: number): Promise<boolean | undefined> => {
    const text = 'select txid_status($1) as status';
    // The server may still be at work for the connection that was lost.
    for (
      const deadline = performance.now() + CONNECT_MS;
      performance.now() < deadline;
      await pause(serverTime, LOOK_AGAIN_MS)
    ) {
      try {
        const { rows } = await query({ text, values: [transaction] });
        const status: unknown = rows[0]?.status;
        if (status !== 'in progress') return status === 'committed';
      } catch {
        return undefined;
      }
    }
    return undefined;
  };
  const settleDoubt = async () => {
    if (doubt === undefined) return;
    const committed = await wasCommitted(doubt.number);
    if (committed === undefined) throw unreachable('it does not say what became of the last commit');
    doubt.resolve(committed);
    doubt = undefined;
  };
  const over = () => {
    current = undefined;
    firstFault = undefined;
  };
  return {
    sideBySide: true,
    async execute(text, parameters) {
      return outcome(await query({ name: names.of(text), text, values: [...parameters] }));
    },
    async begin(bounds) {
      answerMs = bounds === 'request' ? ANSWER_MS : undefined;
      const opened = await use();
      await settleDoubt();
      number = undefined;
      const result = await query({ text: bounds === 'request' ? BEGIN_BOUNDED : 'begin' }).catch((fault) => {
        // Half begun, the connection would take nothing any more.
        opened.connection.stream.destroy();
        throw fault;
      });
      // Several statements in one text give a list, which the driver's types don't know.
      const last = Array.isArray(result) ? (result.at(-1) as pg.QueryResult<{ number: number | null }>) : undefined;
      number = last?.rows[0]?.number ?? undefined;
      current = opened;
    },
    async commit() {
      let cause: unknown;
      try {
        const { command } = await query({ text: 'commit' });
        // One of its statements failed, and the transaction's function did not notice.
        if (command !== 'COMMIT') cause = new Error('PostgreSQL took the transaction back: a statement in it failed.');
      } catch (error) {
        cause = error;
      }
      over();
      if (cause === undefined) return;
      const committed = number === undefined ? false : await wasCommitted(number);
      if (committed === true) return;
      if (committed === false || number === undefined) throw cause;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      doubt = { number, resolve };
      throw new CommitInDoubt(promise, cause);
    },
    async rollback() {
      if (current === undefined) return;
      await query({ text: 'rollback' })
        .catch(() => {
          // The connection is gone, and its transaction with it.
          client = undefined;
        })
        .finally(over);
    },
    async close() {
      await (await client?.catch(() => undefined))?.end();
    },
  };
}

/** Lets all that is asked for in one turn leave in one write; each would be a call of the system, and a packet. */
function writeTogether({ connection: { stream } }: pg.Client): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
