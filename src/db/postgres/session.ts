import pg from 'pg';
import type { Outcome } from '../connection.ts';
import { DatabaseFault } from '../fault.ts';

const INT8 = 20;
/** Row numbers, Telegram ids and milliseconds all fit below 2^53. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    return oid === INT8 ? Number : pg.types.getTypeParser(oid, format);
  },
};

/** A server that is not reached within this time counts as gone. */
export const CONNECT_MS = 5_000;
/** A statement for one request that takes longer holds up others; what the server itself measures. */
export const STATEMENT_MS = 10_000;
/** A write waits this long for a lock, and every other write behind it. */
export const LOCK_MS = 4_000;
/** A transaction in which the hub says nothing: its process stands still, and holds locks. */
export const IDLE_IN_TRANSACTION_MS = 2_000;
/** A server that stands still measures nothing: past this, its connection is given up. */
export const ANSWER_MS = STATEMENT_MS + 2_000;

/** Says why without the URL, which holds a password. */
export function unreachable(cause: unknown): DatabaseFault {
  if (cause instanceof DatabaseFault) return cause;
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
export function connectionFault(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && OTHERS_STATEMENTS.test(error.code ?? '')) {
    return new DatabaseFault('refused', POOLED, error);
  }
  const isPrograms = error instanceof TypeError || error instanceof RangeError;
  return error instanceof pg.DatabaseError || error instanceof DatabaseFault || isPrograms ? error : unreachable(error);
}

export function outcome(result: pg.QueryResult): Outcome {
  return { rows: result.rows, changes: result.rowCount ?? 0 };
}

/** A table got a column since the statement was prepared, which gives whole rows of it: another hub migrated. */
const OUTDATED = '0A000';

/** The names under which the server keeps texts prepared, up to a bound. */
export class StatementNames {
  #names = new Map<string, string>();
  #prefix = 's';
  #generation = 0;

  /** @returns undefined for one too many */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= 500) return known;
    const name = `${this.#prefix}${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  /** Whether `error` says that what was prepared is of no use any more; all texts have new names then. */
  outdatedBy(error: unknown, name: string | undefined): boolean {
    if (!(error instanceof pg.DatabaseError) || error.code !== OUTDATED) return false;
    // What ran beside it may have found that before.
    if (name?.startsWith(this.#prefix) === true) {
      this.#prefix = `s${++this.#generation}_`;
      this.#names = new Map();
    }
    return true;
  }
}
