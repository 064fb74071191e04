import type { Database, Tx } from './open.ts';
import { countUp, storedValue } from './stored-value.ts';

/** Makes the number `name` grow: other processes that compare it now and then look again at what it stands for. */
export async function raiseEpoch(tx: Tx, name: string): Promise<void> {
  await tx.run(countUp, { key: name });
}

/** The number `name`; 0 where nobody has raised it yet. */
export async function readEpoch(db: Database, name: string): Promise<number> {
  const [row] = await db.query(storedValue, { key: name });
  return Number(row?.value ?? 0);
}

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

/**
 * Grows whenever a TPV may lose access (deactivated, deleted, key revoked), in any process. Who holds sockets compares
 * it once a second and looks at its TPVs again only when it moved (docs/security.md, S9).
 */
const ACCESS_EPOCH = 'access_epoch';

/** Says that somebody may have lost access; part of the change that takes it. */
export function raiseAccessEpoch(tx: Tx): Promise<void> {
  return raiseEpoch(tx, ACCESS_EPOCH);
}

export function accessEpoch(db: Database): Promise<number> {
  return readEpoch(db, ACCESS_EPOCH);
}
