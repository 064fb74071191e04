import type { Database, Tx } from './open.ts';
import { countUp, storedValue } from './stored-value.ts';

/** Makes the number `name` grow: other processes compare it now and then, and look again when it has grown. */
export async function raiseEpoch(tx: Tx, name: string): Promise<void> {
  await tx.run(countUp, { key: name });
}

/** The number `name`; 0 if it was never raised. */
export async function readEpoch(db: Database, name: string): Promise<number> {
  const [row] = await db.query(storedValue, { key: name });
  return Number(row?.value ?? 0);
}

/**
 * Grows whenever a process that holds no sockets, such as the command line, makes an instruction ready: its event
 * does not reach the hub, which therefore compares this number once a second.
 */
const WORK_EPOCH = 'work_epoch';

/** Says that an instruction waits; part of the change that made it ready. */
export function raiseWorkEpoch(tx: Tx): Promise<void> {
  return raiseEpoch(tx, WORK_EPOCH);
}

export function workEpoch(db: Database): Promise<number> {
  return readEpoch(db, WORK_EPOCH);
}

/**
 * Grows whenever a TPV may lose access (deactivated, deleted, key revoked), in any process. A process with sockets
 * compares it once a second, and checks its TPVs again only when it has grown (docs/security.md, S9).
 */
const ACCESS_EPOCH = 'access_epoch';

/** Says that a TPV may have lost access; part of the change that takes it. */
export function raiseAccessEpoch(tx: Tx): Promise<void> {
  return raiseEpoch(tx, ACCESS_EPOCH);
}

export function accessEpoch(db: Database): Promise<number> {
  return readEpoch(db, ACCESS_EPOCH);
}
