import { raiseEpoch, readEpoch } from '../db/epoch.ts';
import type { Database, Tx } from '../db/open.ts';

/**
 * Grows whenever a TPV may lose access (deactivated, deleted, key revoked), in any process. Who holds sockets compares
 * it once a second and looks at its TPVs again only when it moved (design/security.md, S9).
 */
const ACCESS_EPOCH = 'access_epoch';

/** Says that somebody may have lost access; part of the change that takes it. */
export function raiseAccessEpoch(tx: Tx): Promise<void> {
  return raiseEpoch(tx, ACCESS_EPOCH);
}

export function accessEpoch(db: Database): Promise<number> {
  return readEpoch(db, ACCESS_EPOCH);
}
