import type { Kysely } from 'kysely';
import { HubError } from '../errors.ts';
import type { Connection } from './connection.ts';
import type { Schema } from './schema.ts';
import type { Compiled, Statement } from './statement.ts';

/** A transaction, as the function that runs in it sees it. */
export interface Tx {
  /** For queries that run now and then. */
  readonly kysely: Kysely<Schema>;
  /** Runs a prepared statement. */
  run<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]>;
  /** Calls `fn` once the commit is on disk, in the order of registration, before `transact` resolves. */
  afterCommit(fn: () => void): void;
  /** Calls `fn` where what was done so far is taken back; the function may run again after that. */
  afterRollback(fn: () => void): void;
}

/**
 * Runs `fn` in a transaction and resolves with its result once it is committed.
 *
 * What is asked for within one turn of the event loop shares one commit. `fn` must use nothing but `tx` (no other
 * I/O), and have no effect outside the database except through `afterCommit`: where a neighbour fails, the batch is
 * rolled back and every function runs again, alone.
 * @throws whatever `fn` throws; HubError `unavailable` where the database can't take it or too much is waiting
 */
export type Transact = <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;

/** More than this many waiting transactions are refused: the database is not keeping up. */
const MAX_WAITING = 20_000;
/** Bounds how long one commit can hold up the event loop. */
const MAX_BATCH = 500;

interface Job {
  fn(tx: Tx): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** What happens to a job once its batch is committed. */
interface Settlement {
  hooks: readonly (() => void)[];
  settle(): void;
  reject(error: unknown): void;
}

/** Who counts commits. */
export interface CommitObserver {
  /** A batch of so many transactions, some of which wrote, is on disk, `ms` after it began. */
  committed(transactions: number, ms: number): void;
  /** The database did not take a batch, or one transaction's writes. */
  failed(error: unknown): void;
}

export interface TransactPorts {
  writer: Connection;
  kysely: Kysely<Schema>;
  compile<P, R>(statement: Statement<P, R>): Compiled;
  observer?: CommitObserver | undefined;
}

/** Makes the group commit over one writing connection. */
export function groupCommit(ports: TransactPorts): { transact: Transact; idle(): Promise<void> } {
  const { writer, kysely, compile, observer } = ports;
  let waiting: Job[] = [];
  let running: Promise<void> | undefined;

  const drain = async () => {
    while (waiting.length > 0) {
      await nextTurn();
      const batch = waiting.length <= MAX_BATCH ? waiting : waiting.slice(0, MAX_BATCH);
      waiting = batch === waiting ? [] : waiting.slice(MAX_BATCH);
      if (!(await runBatch(batch))) for (const job of batch) await runBatch([job]);
    }
    running = undefined;
  };

  /** Commits the batch and settles its jobs; false, with nothing settled and nothing written, where one failed. */
  const runBatch = async (batch: Job[]): Promise<boolean> => {
    const beganAt = performance.now();
    const settlements: Settlement[] = [];
    const attempts: Attempt[] = [];
    const takeBack = async () => {
      await writer.rollback();
      for (const attempt of attempts) for (const undo of attempt.undo) undo();
    };
    try {
      await writer.begin();
    } catch (error) {
      observer?.failed(error);
      return refuse(batch, error);
    }
    for (const job of batch) {
      const attempt = new Attempt(writer, kysely, compile);
      attempts.push(attempt);
      try {
        const result = await job.fn(attempt);
        settlements.push({ hooks: attempt.hooks, settle: () => job.resolve(result), reject: job.reject });
      } catch (error) {
        // A refusal that wrote nothing leaves its neighbours as they are.
        if (error instanceof HubError && !attempt.wrote) {
          for (const undo of attempt.undo) undo();
          attempts.pop();
          settlements.push({ hooks: [], settle: () => job.reject(error), reject: job.reject });
          continue;
        }
        await takeBack();
        if (batch.length > 1) return false;
        const fault = databaseFault(error);
        if (fault instanceof HubError && fault !== error) observer?.failed(error);
        job.reject(fault);
        return true;
      }
    }
    try {
      await writer.commit();
    } catch (error) {
      await takeBack();
      observer?.failed(error);
      return refuse(batch, error);
    }
    if (attempts.some(({ wrote }) => wrote)) observer?.committed(batch.length, performance.now() - beganAt);
    for (const one of settlements) {
      try {
        for (const hook of one.hooks) hook();
      } catch (error) {
        // It is committed all the same; its caller gets the fault, and nobody else notices.
        one.settle = () => one.reject(error);
      }
    }
    for (const { settle } of settlements) settle();
    return true;
  };

  return {
    transact: (fn) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MAX_WAITING) {
          reject(new HubError('unavailable', 'Too many transactions are waiting.', { retryAfterSeconds: 2 }));
          return;
        }
        // The queue holds jobs of every result type; each resolve gets the result of its own fn.
        waiting.push({ fn, resolve: resolve as (result: unknown) => void, reject });
        running ??= drain();
      }),
    async idle() {
      while (running !== undefined) await running;
    },
  };
}

class Attempt implements Tx {
  readonly hooks: (() => void)[] = [];
  readonly undo: (() => void)[] = [];
  wrote = false;
  readonly #writer: Connection;
  readonly #kysely: Kysely<Schema>;
  readonly #compile: TransactPorts['compile'];

  constructor(writer: Connection, kysely: Kysely<Schema>, compile: TransactPorts['compile']) {
    this.#writer = writer;
    this.#kysely = kysely;
    this.#compile = compile;
  }

  get kysely(): Kysely<Schema> {
    // What runs through the builder is not looked into; it counts as written.
    this.wrote = true;
    return this.#kysely;
  }

  async run<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]> {
    const compiled = this.#compile(statement);
    // A statement's type says which parameters it takes; here they are only looked up by name.
    const values = compiled.bind(parameters as Record<string, unknown>);
    const { rows, changes } = await this.#writer.execute(compiled.sql, values);
    if (compiled.writes && changes > 0) this.wrote = true;
    return rows as R[];
  }

  afterCommit(fn: () => void): void {
    this.hooks.push(fn);
  }

  afterRollback(fn: () => void): void {
    this.undo.push(fn);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((next) => setImmediate(next));
}

function refuse(batch: readonly Job[], cause: unknown): true {
  for (const job of batch) job.reject(databaseFault(cause));
  return true;
}

/**
 * Faults of the database itself (full disk, lost connection, locked, a table that somebody took away) pass; those of a
 * query are the program's.
 */
function databaseFault(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const passing =
    /^SQLITE_(BUSY|FULL|IOERR|LOCKED|CANTOPEN|READONLY|NOMEM|CORRUPT|NOTADB)/.test(code) ||
    /^(08|53|57|58|40|25006|42P01|42703)/.test(code) ||
    /^E[A-Z]{3,}$/.test(code) ||
    /connection|terminated|Client was closed|^no such (table|column)/i.test(error.message);
  if (!passing) return error;
  return new HubError('unavailable', `The database could not take it: ${error.message}`, {
    cause: error,
    retryAfterSeconds: 2,
  });
}
