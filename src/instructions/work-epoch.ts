import { raiseEpoch, readEpoch } from '../db/epoch.ts';
import type { Database, Tx } from '../db/open.ts';

/**
 * Grows whenever a process that holds no sockets, such as the command line, makes an instruction ready: its event
 * reaches nobody. Whoever hands out compares it once a second.
 */
const WORK_EPOCH = 'work_epoch';

/** Says that something waits; part of the change that put it there. */
export function raiseWorkEpoch(tx: Tx): Promise<void> {
  return raiseEpoch(tx, WORK_EPOCH);
}

export function workEpoch(db: Database): Promise<number> {
  return readEpoch(db, WORK_EPOCH);
}
