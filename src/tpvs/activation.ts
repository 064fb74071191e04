import type { Tx } from '../db/open.ts';
import { raiseAccessEpoch } from './access.ts';
import { existingTpv } from './edit.ts';
import type { Tpv } from './tpv.ts';

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
    .set({ is_active: 1, approved_at: approvedAt })
    .where('id', '=', id)
    .execute();
  await raiseAccessEpoch(tx);
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
  return before;
}

/**
 * Takes a TPV out for good: its keys stop at once; its row stays for the instructions that name it.
 * @returns the TPV as it was
 * @throws HubError `not_found`
 */
export async function deleteTpv(tx: Tx, id: string, now: number): Promise<Tpv> {
  const before = await existingTpv(tx, id);
  await tx.kysely.deleteFrom('api_keys').where('tpv_id', '=', id).execute();
  await tx.kysely.updateTable('tpv_instances').set({ is_active: 0, deleted_at: now }).where('id', '=', id).execute();
  await raiseAccessEpoch(tx);
  return before;
}
