import { type Clock, pause } from '../clock.ts';
import type { Database, TransactOptions, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { SendPause } from './send-pause.ts';

export interface PatientWriteOptions {
  db: Database;
  clock: Clock;
  sendPause: Pick<SendPause, 'hold'>;
  /** Aborted when nothing may be written any more. */
  over: AbortSignal;
  onFault(error: unknown): void;
}

export type PatientWrite = (change: (tx: Tx) => Promise<void>, options?: TransactOptions) => Promise<void>;

/** After a fault of the database, nothing is tried for this long. */
export const FAULT_WAIT_MS = 1_000;

/**
 * What Telegram said is known only in this process until it is written: while the database can't take it, it is tried
 * again, and nothing else leaves.
 */
export function patientWrite(options: PatientWriteOptions): PatientWrite {
  const { db, clock, sendPause, over, onFault } = options;
  return async (change, transactOptions) => {
    for (;;) {
      over.throwIfAborted();
      try {
        return await db.transact(change, transactOptions);
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        if (!over.aborted) onFault(error);
      }
      sendPause.hold(FAULT_WAIT_MS);
      await pause(clock, FAULT_WAIT_MS, over);
    }
  };
}
