import type { Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { newJoinCode } from './register.ts';
import { type Tpv, tpvById } from './tpv.ts';

/** What an administrator may change of a TPV. */
export interface TpvChanges {
  name?: string | undefined;
  endpoint_url?: string | undefined;
  /** Fewer than it has now is fine: nobody is sent away, and nobody comes any more. */
  max_users?: number | undefined;
}

/**
 * The TPV, as part of a transaction that changes it.
 * @throws HubError `not_found`
 */
export async function existingTpv(tx: Tx, id: string): Promise<Tpv> {
  const [tpv] = await tx.run(tpvById, { id });
  if (tpv === undefined) throw new HubError('not_found', `There is no TPV ${id}.`);
  return tpv;
}

/**
 * Changes a TPV.
 * @returns the TPV as it was
 * @throws HubError `not_found`
 */
export async function editTpv(tx: Tx, id: string, changes: TpvChanges): Promise<Tpv> {
  const before = await existingTpv(tx, id);
  if (Object.values(changes).some((value) => value !== undefined)) {
    await tx.kysely.updateTable('tpv_instances').set(changes).where('id', '=', id).execute();
  }
  return before;
}

/**
 * Gives the TPV another join code: the links and QR codes with the one before lead nowhere from now on.
 * @throws HubError `not_found`
 */
export async function changeJoinCode(tx: Tx, id: string): Promise<{ tpv: Tpv; joinCode: string }> {
  const tpv = await existingTpv(tx, id);
  const joinCode = newJoinCode();
  await tx.kysely.updateTable('tpv_instances').set({ join_code: joinCode }).where('id', '=', id).execute();
  return { tpv, joinCode };
}
