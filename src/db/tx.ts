import type { Kysely } from 'kysely';
import type { Changed, EventSink, HubEvent } from '../events.ts';
import type { Connection, Outcome } from './connection.ts';
import type { Schema } from './schema.ts';
import type { Compiled, Statement } from './statement.ts';

/** A transaction, as the function that runs in it sees it. */
export interface Tx {
  /** For queries that run now and then. */
  readonly kysely: Kysely<Schema>;
  /** Runs a prepared statement. */
  run<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]>;
  /**
   * Runs a prepared statement that gives no rows back: SQLite takes longer to hand one row out than to find it.
   * @returns how many rows it inserted, updated or deleted
   */
  write<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<number>;
  /** Tells the listeners of this event once the commit is on disk, in the order of the calls; never after a rollback. */
  emit(event: HubEvent): void;
  /** Tells those who watch, after everything else, that a row was created or changed; it costs next to nothing. */
  changed(what: Changed, id: string): void;
  /**
   * Calls `fn` once the commit is on disk, in turn with the events and before `transact` resolves. For what is no
   * event: memory that follows the rows, a hand-over.
   */
  afterCommit(fn: () => void): void;
  /**
   * Calls `fn` once the commit is on disk, before anything is said of all that shares it: for the answer to a caller who
   * need not wait for what others are told.
   */
  answer(fn: () => void): void;
  /** Calls `fn` where what was done so far is taken back; the function may run again after that. */
  afterRollback(fn: () => void): void;
  /**
   * What functions that run side by side read once and then keep in memory together: what one reads, to choose by it
   * what to write, another would change before it is written. A function that runs alone reads it anew.
   * @param what names it; it is always read by the same function
   */
  shared<T>(what: string, read: () => Promise<T>): Promise<T>;
}

export interface TxPorts {
  writer: Connection;
  kysely: Kysely<Schema>;
  compile<P, R>(statement: Statement<P, R>): Compiled;
  /** Where a commit says what happened. */
  events: EventSink;
}

/** What the runs of one batch have in common. */
export class Batch {
  readonly #shared = new Map<string, Promise<unknown>>();
  #statements = 0;

  /** A number that grows with each statement. */
  next(): number {
    return ++this.#statements;
  }

  shared<T>(what: string, read: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(what);
    // One name stands for what one function reads.
    if (known !== undefined) return known as Promise<T>;
    const reading = read();
    this.#shared.set(what, reading);
    return reading;
  }

  /** Another function runs alone now, and may change everything. */
  forget(): void {
    this.#shared.clear();
  }
}

/** One run of a function in a transaction, and what is to be done once that is committed or taken back. */
export class Attempt implements Tx {
  wrote = false;
  /** When, within its batch, it asked for its last statement: what it says is said in this order. */
  order: number;
  readonly #ports: TxPorts;
  readonly #batch: Batch;
  readonly #undo: (() => void)[] = [];
  readonly #answers: (() => void)[] = [];
  readonly #said: (HubEvent | (() => void))[] = [];
  // Two lists instead of one object each: most rows change while no administrator watches.
  readonly #changed: Changed[] = [];
  readonly #changedIds: string[] = [];

  constructor(ports: TxPorts, batch: Batch) {
    this.#ports = ports;
    this.#batch = batch;
    this.order = batch.next();
  }

  get kysely(): Kysely<Schema> {
    // What runs through the builder is not looked into; it counts as written.
    this.wrote = true;
    return this.#ports.kysely;
  }

  async run<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]> {
    return (await this.#execute(statement, parameters)).rows as R[];
  }

  async write<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<number> {
    return (await this.#execute(statement, parameters)).changes;
  }

  async #execute<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<Outcome> {
    this.order = this.#batch.next();
    const compiled = this.#ports.compile(statement);
    // A statement's type says which parameters it takes; here they are only looked up by name.
    const values = compiled.bind(parameters as Record<string, unknown>);
    const outcome = await this.#ports.writer.execute(compiled.sql, values);
    if (compiled.writes && outcome.changes > 0) this.wrote = true;
    return outcome;
  }

  emit(event: HubEvent): void {
    this.#said.push(event);
  }

  changed(what: Changed, id: string): void {
    this.#changed.push(what);
    this.#changedIds.push(id);
  }

  afterCommit(fn: () => void): void {
    this.#said.push(fn);
  }

  answer(fn: () => void): void {
    this.#answers.push(fn);
  }

  afterRollback(fn: () => void): void {
    this.#undo.push(fn);
  }

  shared<T>(what: string, read: () => Promise<T>): Promise<T> {
    return this.#batch.shared(what, read);
  }

  /**
   * It is committed: answers who waits for that alone.
   * @throws what the first failing answer threw
   */
  answered(): void {
    for (const answer of this.#answers) answer();
  }

  /**
   * It is committed: says and calls everything that waits for that.
   * @throws what the first failing `afterCommit` threw, once all others had their turn
   */
  committed(): void {
    const { events } = this.#ports;
    const faults: unknown[] = [];
    for (const one of this.#said) {
      if (typeof one !== 'function') {
        events.emit(one);
        continue;
      }
      try {
        one();
      } catch (error) {
        faults.push(error);
      }
    }
    this.#changed.forEach((what, i) => {
      events.changed(what, this.#changedIds[i] ?? '');
    });
    if (faults.length > 0) throw faults[0];
  }

  /** It was taken back: nothing of it is ever said. */
  takenBack(): void {
    for (const undo of this.#undo) undo();
  }
}
