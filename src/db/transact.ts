import { nextTurn, pause, systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { runJobs } from './batch.ts';
import { DurableOrder } from './durable-order.ts';
import { CommitInDoubt, DatabaseFault, databaseFault, type FaultKind } from './fault.ts';
import { type Settlement, settleAll } from './settlement.ts';
import { Attempt, Batch, type Tx, type TxPorts } from './tx.ts';

/** How a transaction may run. */
export interface TransactOptions {
  /**
   * What it is about, such as `person 5`. On PostgreSQL those of one commit that have different keys run side by side,
   * statement between statement, and see what the others wrote; those of one key run one after the other, in the order
   * in which they were asked for. Without a key it runs alone. SQLite runs one after the other in any case.
   */
  key?: string;
  /**
   * Work whose outcome no request waits for, and whose order among other transactions does not matter: on PostgreSQL
   * it has a connection of its own, so that it holds up nothing that comes in. SQLite has one writer.
   */
  lane?: 'housekeeping';
  /**
   * One piece of work on rows without number, each piece a commit: on SQLite it waits while the log is so long that the
   * checkpoint's thread has to catch up first. Did the log grow on, the hub's own thread would write it back in the end.
   * Housekeeping does so in any case.
   */
  bulk?: true;
}

/**
 * Runs `fn` in a transaction and resolves with its result once it is committed, and on disk.
 *
 * What is asked for until a turn of the event loop asks for nothing shares one commit. `fn` must use nothing but `tx`
 * (no other I/O), and have no effect outside the database except through `emit`, `changed` and `afterCommit`: where a
 * neighbour fails, the batch is rolled back and every function runs again, alone.
 * @throws whatever `fn` throws; HubError `unavailable` where the database can't take it or too much is waiting
 */
export type Transact = <T>(fn: (tx: Tx) => Promise<T>, options?: TransactOptions) => Promise<T>;

/** For work of that lane. */
export const HOUSEKEEPING: TransactOptions = { lane: 'housekeeping' };
/** For a piece of such work. */
export const BULK: TransactOptions = { bulk: true };

/** More than this many waiting transactions are refused: the database is not keeping up. */
const MAX_WAITING = 20_000;
/** Bounds how long one commit can hold up the event loop. */
const MAX_BATCH = 500;

/** Faults that took their time, and would take it again from every neighbour. */
const HOLDS_UP: ReadonlySet<FaultKind> = new Set(['locked', 'unreachable']);

/** Two transactions that were in each other's way are less so after a moment of their own. */
const MOST_CONFLICT_WAIT_MS = 50;
/** How often a batch, and a transaction alone, is tried again after such a conflict. */
const BATCH_AGAIN = 1;
const ALONE_AGAIN = 5;
/** Another process knows nothing of a clock that a test moves. */
const processTime = systemClock();

interface Job {
  key: string | undefined;
  fn(tx: Tx): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Who counts what the database did, and what it could not do. */
export interface DatabaseObserver {
  /** A batch of so many transactions, some of which wrote, is on disk, `ms` after it began. */
  committed(transactions: number, ms: number): void;
  /** The database did not take a batch, or one transaction's writes: so many callers were refused. */
  notCommitted(fault: unknown, refused: number): void;
  /** The database did not answer a query outside of transactions. */
  notRead(fault: unknown): void;
}

export interface TransactPorts extends TxPorts {
  observer?: Pick<DatabaseObserver, 'committed' | 'notCommitted'> | undefined;
}

/**
 * Makes the group commit over one writing connection. Where its commits get to the disk beside the event loop, the next
 * batches run meanwhile; nothing of a batch is told before the disk has all that it wrote and read.
 */
export function groupCommit(ports: TransactPorts): { transact: Transact; idle(): Promise<void> } {
  const { writer, observer } = ports;
  const isSideBySide = writer.sideBySide === true;
  let waiting: Job[] = [];
  let running: Promise<void> | undefined;
  const toldInOrder = new DurableOrder(() => writer.durable?.());

  const drain = async () => {
    while (waiting.length > 0) {
      await gathered();
      const batch = waiting.length <= MAX_BATCH ? waiting : waiting.slice(0, MAX_BATCH);
      waiting = batch === waiting ? [] : waiting.slice(MAX_BATCH);
      if (!(await runAgain(batch, BATCH_AGAIN))) for (const job of batch) await runAgain([job], ALONE_AGAIN);
    }
    running = undefined;
  };

  /** @returns false, with nothing settled and nothing written, if one of several failed */
  const runAgain = async (batch: Job[], times: number): Promise<boolean> => {
    for (let left = times; ; left--) {
      const outcome = await runBatch(batch, left > 0);
      if (outcome !== 'conflict') return outcome === 'settled';
      await pause(processTime, Math.random() * MOST_CONFLICT_WAIT_MS);
    }
  };

  /**
   * Waits until a turn of the event loop brings no further job: of many new connections each turn accepts one, and each
   * of them would have a commit of its own.
   */
  const gathered = async () => {
    let before = 0;
    // The first wait ends in the turn that brought the first job.
    await nextTurn();
    do {
      before = waiting.length;
      await nextTurn();
    } while (waiting.length > before && waiting.length < MAX_BATCH);
  };

  /**
   * Commits the batch, and settles its jobs when it is on disk.
   * @returns `failed`, or `conflict` where it may run again, with nothing settled and nothing written
   */
  const runBatch = async (batch: Job[], mayRunAgain: boolean): Promise<'settled' | 'failed' | 'conflict'> => {
    const beganAt = performance.now();
    const settlements: Settlement[] = [];
    const attempts = new Set<Attempt>();
    let failure: { error: unknown; reject(error: unknown): void } | undefined;
    const takenBack = () => {
      for (const attempt of attempts) attempt.takenBack();
    };
    try {
      await writer.begin('request');
    } catch (error) {
      return refuse(batch, error);
    }
    const inCommon = new Batch();
    const run = async (job: Job): Promise<boolean> => {
      if (!isSideBySide || job.key === undefined) inCommon.forget();
      const attempt = new Attempt(ports, inCommon);
      attempts.add(attempt);
      const { reject } = job;
      try {
        const result = await job.fn(attempt);
        settlements.push({ attempt, order: attempt.order, settle: () => job.resolve(result), reject });
        return true;
      } catch (error) {
        // A refusal that wrote nothing leaves its neighbours as they are.
        if (error instanceof HubError && !(error instanceof DatabaseFault) && !attempt.wrote) {
          attempt.takenBack();
          attempts.delete(attempt);
          settlements.push({ attempt: undefined, order: attempt.order, settle: () => reject(error), reject });
          return true;
        }
        failure ??= { error, reject };
        return false;
      }
    };
    if (!(await runJobs(batch, isSideBySide, run)) && failure !== undefined) {
      await writer.rollback();
      takenBack();
      return failed(batch, failure, mayRunAgain);
    }
    try {
      await writer.commit();
    } catch (error) {
      if (error instanceof CommitInDoubt) {
        void error.outcome.then((committed) => (committed ? settleAll(settlements) : takenBack()));
        return refuse(batch, error);
      }
      await writer.rollback();
      takenBack();
      return mayRunAgain && isConflict(error) ? 'conflict' : refuse(batch, error);
    }
    // Side by side, a later job may be done first; what is told follows what was written.
    if (isSideBySide) settlements.sort((a, b) => a.order - b.order);
    const tell = () => {
      if (settlements.some(({ attempt }) => attempt?.wrote)) {
        observer?.committed(batch.length, performance.now() - beganAt);
      }
      settleAll(settlements);
    };
    toldInOrder.whenDurable(batch.length, tell, (cause) => {
      takenBack();
      refuse(batch, cause);
    });
    return 'settled';
  };

  /** What follows where a job of a batch failed, and nothing of the batch was written. */
  const failed = (
    batch: readonly Job[],
    { error, reject }: { error: unknown; reject(error: unknown): void },
    mayRunAgain: boolean,
  ): 'settled' | 'failed' | 'conflict' => {
    const fault = databaseFault(error);
    const kind = fault instanceof DatabaseFault ? fault.kind : undefined;
    if (kind === 'conflict' && mayRunAgain) return 'conflict';
    // Each of them alone would wait as long for the same lock, or for the same server.
    if (kind !== undefined && HOLDS_UP.has(kind)) return refuse(batch, fault);
    if (batch.length > 1) return 'failed';
    if (kind !== undefined) observer?.notCommitted(fault, 1);
    const tell = () => reject(fault);
    // What it says may come of what it read.
    toldInOrder.whenDurable(1, tell, tell);
    return 'settled';
  };

  const refuse = (batch: readonly Job[], cause: unknown): 'settled' => {
    const fault = databaseFault(cause);
    observer?.notCommitted(fault, batch.length);
    for (const job of batch) job.reject(fault);
    return 'settled';
  };

  return {
    transact: (fn, options) =>
      new Promise((resolve, reject) => {
        if (waiting.length + toldInOrder.untold >= MAX_WAITING) {
          reject(new HubError('unavailable', 'Too many transactions are waiting.', { retryAfterSeconds: 2 }));
          return;
        }
        // The queue holds jobs of every result type; each resolve gets the result of its own fn.
        waiting.push({ fn, key: options?.key, resolve: resolve as (result: unknown) => void, reject });
        running ??= drain();
      }),
    async idle() {
      while (running !== undefined || toldInOrder.untold > 0) {
        await running;
        await toldInOrder.idle();
      }
    },
  };
}

function isConflict(error: unknown): boolean {
  const fault = databaseFault(error);
  return fault instanceof DatabaseFault && fault.kind === 'conflict';
}
