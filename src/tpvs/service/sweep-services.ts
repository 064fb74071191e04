import type { Database, Tx } from '../../db/open.ts';
import { statement } from '../../db/statement.ts';
import { changesAt } from './service.ts';
import { serviceAnswerOf } from './service-answer.ts';
import { storedService } from './service-column.ts';

/** TPVs looked at in one commit: many restaurants open at one o'clock. */
const PAGE = 100;

const due = statement<{ now: number }>()((db, p) =>
  db
    .selectFrom('tpv_instances')
    .select(['id', 'service', 'service_changes_at'])
    .where('service_changes_at', '<=', p('now'))
    .orderBy('service_changes_at')
    .limit(PAGE),
);

const setNext = statement<{ id: string; before: number | null; next: number | null }>()((db, p) =>
  db
    .updateTable('tpv_instances')
    .set({ service_changes_at: p('next') })
    .where('id', '=', p('id'))
    // Else it was set meanwhile, and is due again.
    .where('service_changes_at', '=', p('before')),
);

/**
 * Tells TPVs and the panel of each service that was set, by this process or another, or has changed by itself. Nothing else
 * depends on it: what a service is now is calculated whenever it is asked for.
 */
export async function sweepServices(db: Database, now: number): Promise<void> {
  const rows = await db.query(due, { now });
  if (rows.length === 0) return;
  await db.transact(async (tx) => {
    for (const { id, service, service_changes_at: before } of rows) {
      await tx.run(setNext, { id, before, next: changesAt(storedService(service), now) ?? null });
      tx.changed('tpv', id);
      tx.emit({ type: 'tpv.service', tpvId: id, service: serviceAnswerOf({ service }, now) });
    }
  });
}

/** Looks at every TPV's service again after the clock was corrected: when it changes was found by the wrong time. */
export async function correctServices(tx: Tx, { now }: { now: number }): Promise<void> {
  await tx.kysely
    .updateTable('tpv_instances')
    .set({ service_changes_at: now })
    .where('service', 'is not', null)
    .execute();
}
