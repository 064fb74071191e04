import { raiseAccessEpoch } from '../db/epoch.ts';
import type { Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { endpointColumns } from './endpoint.ts';
import { newJoinCode } from './register.ts';
import { deleteSigningSecrets } from './signing-secret.ts';
import { type Tpv, tpvById } from './tpv.ts';

/** What an administrator may change of a TPV. */
export interface TpvChanges {
  name?: string | undefined;
  endpoint_url?: string | undefined;
  /** Fewer than it has now is fine: no person is taken away, and no new one comes. */
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
    const { endpoint_url: url, ...others } = changes;
    const set = url === undefined ? others : { ...others, ...endpointColumns(url) };
    await tx.kysely.updateTable('tpv_instances').set(set).where('id', '=', id).execute();
    tx.changed('tpv', id);
    // With more places, people who wait may be assigned.
    tx.emit({ type: 'tpv.available', tpvId: id });
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
  tx.changed('tpv', id);
  return { tpv, joinCode };
}

/**
 * Lets a TPV work; the first time, that is its approval.
 * @returns the TPV as it was
 * @throws HubError `not_found`
 */
export async function activate(tx: Tx, id: string, now: number): Promise<Tpv> {
  const before = await existingTpv(tx, id);
  const approvedAt = before.approved_at ?? now;
  await tx.kysely
    .updateTable('tpv_instances')
    .set({ is_active: 1, approved_at: approvedAt, vacating: 0 })
    .where('id', '=', id)
    .execute();
  await raiseAccessEpoch(tx);
  tx.changed('tpv', id);
  tx.emit({ type: 'tpv.available', tpvId: id });
  return before;
}

/**
 * Stops a TPV; its sockets end within a second, in every process.
 * @returns the TPV as it was
 * @throws HubError `not_found`
 */
export async function deactivate(tx: Tx, id: string): Promise<Tpv> {
  const before = await existingTpv(tx, id);
  await tx.kysely.updateTable('tpv_instances').set({ is_active: 0 }).where('id', '=', id).execute();
  await raiseAccessEpoch(tx);
  tx.changed('tpv', id);
  return before;
}

/**
 * Deletes a TPV: its keys stop at once; its row stays for the instructions that name it.
 * @returns the TPV as it was
 * @throws HubError `not_found`
 */
export async function deleteTpv(tx: Tx, id: string, now: number): Promise<Tpv> {
  const before = await existingTpv(tx, id);
  await tx.kysely.deleteFrom('api_keys').where('tpv_id', '=', id).execute();
  await deleteSigningSecrets(tx, id, 'all');
  await tx.kysely.updateTable('tpv_instances').set({ is_active: 0, deleted_at: now }).where('id', '=', id).execute();
  await raiseAccessEpoch(tx);
  tx.changed('tpv', id);
  return before;
}
