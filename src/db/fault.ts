import { HubError } from '../errors.ts';

/**
 * What a fault of the database is, for its operator. `conflict`: two transactions were in each other's way once, or a
 * migration was in one's; `lost`: the file was deleted or replaced; `unreachable`: no answer of the server; `refused`: it
 * answers, and lacks a table, a right or a file.
 */
export type FaultKind =
  | 'disk_full'
  | 'read_only'
  | 'locked'
  | 'conflict'
  | 'damaged'
  | 'lost'
  | 'unreachable'
  | 'refused';

/**
 * The database can't do what was asked. The refusal is the same for the webhook, REST, the panel and the
 * timers. The observer of the database counts each, so that its line in the log is one a second and not one each.
 */
export class DatabaseFault extends HubError {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super('unavailable', message, { cause, retryAfterSeconds: 2 });
    this.kind = kind;
  }
}

/**
 * The connection to the server was lost before it said whether the transaction is committed. Nothing of it is said to
 * the callers but that it may be; what follows a commit, or a rollback, follows when `outcome` is known.
 */
export class CommitInDoubt extends DatabaseFault {
  /** Whether it was committed; resolves before the next transaction begins. It never rejects. */
  readonly outcome: Promise<boolean>;

  constructor(outcome: Promise<boolean>, cause: unknown) {
    super('unreachable', 'The database was lost before it confirmed the commit.', cause);
    this.outcome = outcome;
  }
}

/**
 * Codes of SQLite, of the system and of PostgreSQL (SQLSTATE), by what they mean; the first that fits counts. By code
 * alone: PostgreSQL words its faults in the language of its server.
 */
const CODES: readonly (readonly [FaultKind, RegExp])[] = [
  ['disk_full', /^(SQLITE_FULL|ENOSPC|EDQUOT|53100)/],
  ['read_only', /^(SQLITE_READONLY|EROFS|25006)/],
  // A lock, or a statement, that took longer than it may.
  ['locked', /^(SQLITE_(BUSY|LOCKED)|55P03|57014)/],
  ['conflict', /^(40|0A000)/],
  // A file that is shorter than it says it is, too.
  ['damaged', /^(SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)|XX)/],
  ['unreachable', /^(08|25P0[34]|53|57|E[A-Z]{3,}$)/],
  // PostgreSQL: the role or its password (28), the database (3D000), a right (42501), a table (42P01), a column (42703).
  ['refused', /^(SQLITE_(IOERR|CANTOPEN|NOMEM|PERM|AUTH|PROTOCOL)|28|3D000|42501|42P01|42703|58)/],
];

/** SQLite has one code for every fault of a statement; its words are English everywhere. */
const MISSING = /^no such (table|column)/;

/**
 * A fault of the database itself (full disk, lost connection, locked, damaged, a table or a right that was taken away)
 * as `DatabaseFault`; a fault of a query is the program's, and stays what it is.
 */
export function databaseFault(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const known = CODES.find(([, codes]) => codes.test(code))?.[0];
  const kind = known ?? (code === 'SQLITE_ERROR' && MISSING.test(error.message) ? 'refused' : undefined);
  if (kind === undefined) return error;
  return new DatabaseFault(kind, `The database could not do it: ${error.message}`, error);
}
