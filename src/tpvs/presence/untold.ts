import type { Tx } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';

/**
 * TPVs that went offline and whose persons are not told yet, the first one first. The row keeps it until `offlineTold`
 * or until the TPV is back: so a hub that is killed in between finds it at its next start.
 */
export const untoldOffline = statement<{ limit: number }>()((db, p) =>
  db
    .selectFrom('tpv_instances')
    .select(['id', 'name', 'offline_untold as since'])
    .where('offline_untold', 'is not', null)
    .orderBy('offline_untold')
    .limit(p('limit')),
);

const markTold = statement<{ tpvId: string; since: number }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set({ offline_untold: null })
    .where('id', '=', p('tpvId'))
    .where('offline_untold', '=', p('since')),
);

/**
 * Remembers that every person who had to be told that this TPV is offline was told.
 * @param since what `untoldOffline` gave: a TPV that went offline once more meanwhile is still untold
 */
export async function offlineTold(tx: Tx, tpvId: string, since: number): Promise<void> {
  await tx.write(markTold, { tpvId, since });
}
