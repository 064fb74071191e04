import type { Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { raiseAccessEpoch } from './access.ts';
import { tpvById } from './tpv.ts';

/**
 * Lets a TPV work, or stops it; its sockets end within a second, in every process.
 * @throws HubError `not_found`
 */
export async function setActive(tx: Tx, id: string, active: boolean): Promise<void> {
  await existing(tx, id);
  await tx.kysely
    .updateTable('tpv_instances')
    .set({ is_active: active ? 1 : 0 })
    .where('id', '=', id)
    .execute();
  await raiseAccessEpoch(tx);
}

/**
 * Takes a TPV out for good: its keys stop at once; its row stays for the instructions that name it.
 * @throws HubError `not_found`
 */
export async function deleteTpv(tx: Tx, id: string, now: number): Promise<void> {
  await existing(tx, id);
  await tx.kysely.deleteFrom('api_keys').where('tpv_id', '=', id).execute();
  await tx.kysely.updateTable('tpv_instances').set({ is_active: 0, deleted_at: now }).where('id', '=', id).execute();
  await raiseAccessEpoch(tx);
}

async function existing(tx: Tx, id: string): Promise<void> {
  const [tpv] = await tx.run(tpvById, { id });
  if (tpv === undefined) throw new HubError('not_found', `There is no TPV ${id}.`);
}
