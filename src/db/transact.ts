import { nextTurn } from '../clock.ts';
import { HubError } from '../errors.ts';
import { DatabaseFault, databaseFault, type FaultKind } from './fault.ts';
import { Attempt, type Tx, type TxPorts } from './tx.ts';

/**
 * Runs `fn` in a transaction and resolves with its result once it is committed, and on disk.
 *
 * What is asked for until a turn of the event loop asks for nothing shares one commit. `fn` must use nothing but `tx`
 * (no other I/O), and have no effect outside the database except through `emit`, `changed` and `afterCommit`: where a
 * neighbour fails, the batch is rolled back and every function runs again, alone.
 * @throws whatever `fn` throws; HubError `unavailable` where the database can't take it or too much is waiting
 */
export type Transact = <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;

/** More than this many waiting transactions are refused: the database is not keeping up. */
const MAX_WAITING = 20_000;
/** Bounds how long one commit can hold up the event loop. */
const MAX_BATCH = 500;

/** Faults that took their time, and would take it again from every neighbour. */
const HOLDS_UP: ReadonlySet<FaultKind> = new Set(['locked', 'unreachable']);

interface Job {
  fn(tx: Tx): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** What happens to a job once its batch is on disk. */
interface Settlement {
  /** Undefined where it was refused, and so has nothing to say. */
  attempt: Attempt | undefined;
  settle(): void;
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
  let waiting: Job[] = [];
  let running: Promise<void> | undefined;
  /** Jobs that were run, and wait for the disk; what they are told is told in their order. */
  let unsettled = 0;
  let lastSettled = Promise.resolve();

  const drain = async () => {
    while (waiting.length > 0) {
      await gathered();
      const batch = waiting.length <= MAX_BATCH ? waiting : waiting.slice(0, MAX_BATCH);
      waiting = batch === waiting ? [] : waiting.slice(MAX_BATCH);
      if (!(await runBatch(batch))) for (const job of batch) await runBatch([job]);
    }
    running = undefined;
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

  /** Tells so many jobs what became of them, once what was committed is on disk, behind all earlier ones. */
  const whenDurable = (jobs: number, tell: () => void, refuseAll: (cause: unknown) => void) => {
    const durable = writer.durable?.();
    if (durable === undefined && unsettled === 0) return tell();
    unsettled += jobs;
    const before = lastSettled;
    lastSettled = (async () => {
      try {
        await durable;
      } catch (cause) {
        await before;
        unsettled -= jobs;
        return refuseAll(cause);
      }
      await before;
      unsettled -= jobs;
      tell();
    })();
  };

  /**
   * Commits the batch, and settles its jobs when it is on disk.
   * @returns false, with nothing settled and nothing written, if one of them failed
   */
  const runBatch = async (batch: Job[]): Promise<boolean> => {
    const beganAt = performance.now();
    const settlements: Settlement[] = [];
    const attempts: Attempt[] = [];
    const takeBack = async () => {
      await writer.rollback();
      for (const attempt of attempts) attempt.takenBack();
    };
    try {
      await writer.begin('request');
    } catch (error) {
      return refuse(batch, error);
    }
    for (const job of batch) {
      const attempt = new Attempt(ports);
      attempts.push(attempt);
      try {
        const result = await job.fn(attempt);
        settlements.push({ attempt, settle: () => job.resolve(result), reject: job.reject });
      } catch (error) {
        // A refusal that wrote nothing leaves its neighbours as they are.
        if (error instanceof HubError && !attempt.wrote) {
          attempt.takenBack();
          attempts.pop();
          settlements.push({ attempt: undefined, settle: () => job.reject(error), reject: job.reject });
          continue;
        }
        await takeBack();
        const fault = databaseFault(error);
        // Each of them alone would wait as long for the same lock, or for the same server.
        if (fault instanceof DatabaseFault && HOLDS_UP.has(fault.kind)) return refuse(batch, fault);
        if (batch.length > 1) return false;
        if (fault instanceof DatabaseFault) observer?.notCommitted(fault, 1);
        const reject = () => job.reject(fault);
        // What it says may come of what it read.
        whenDurable(1, reject, reject);
        return true;
      }
    }
    try {
      await writer.commit();
    } catch (error) {
      await takeBack();
      return refuse(batch, error);
    }
    const tell = () => {
      if (attempts.some(({ wrote }) => wrote)) observer?.committed(batch.length, performance.now() - beganAt);
      settle(settlements);
    };
    whenDurable(batch.length, tell, (cause) => {
      for (const attempt of attempts) attempt.takenBack();
      refuse(batch, cause);
    });
    return true;
  };

  const settle = (settlements: readonly Settlement[]) => {
    for (const one of settlements) {
      try {
        one.attempt?.committed();
      } catch (error) {
        // It is committed all the same; its caller gets the fault, and nobody else notices.
        one.settle = () => one.reject(error);
      }
    }
    for (const one of settlements) one.settle();
  };

  const refuse = (batch: readonly Job[], cause: unknown): true => {
    const fault = databaseFault(cause);
    observer?.notCommitted(fault, batch.length);
    for (const job of batch) job.reject(fault);
    return true;
  };

  return {
    transact: (fn) =>
      new Promise((resolve, reject) => {
        if (waiting.length + unsettled >= MAX_WAITING) {
          reject(new HubError('unavailable', 'Too many transactions are waiting.', { retryAfterSeconds: 2 }));
          return;
        }
        // The queue holds jobs of every result type; each resolve gets the result of its own fn.
        waiting.push({ fn, resolve: resolve as (result: unknown) => void, reject });
        running ??= drain();
      }),
    async idle() {
      while (running !== undefined || unsettled > 0) {
        await running;
        await lastSettled;
      }
    },
  };
}
