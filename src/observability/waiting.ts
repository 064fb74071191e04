import type { Kysely } from 'kysely';
import type { Database } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';

// What "waits" means, for the metrics, the overview and the lists alike. Each query reads one index, from its first
// entry on, and stops after `most` rows: counting a million rows would hold the event loop up.

/** How many pending instructions each of these TPVs has, counted up to `most`. */
export async function pendingByTpv(db: Database, ids: readonly string[], most: number): Promise<Map<string, number>> {
  // PostgreSQL takes no empty list.
  if (ids.length === 0) return new Map();
  const rows = await pendingOfTpvs(db.read, ids, most).execute();
  return new Map(rows.map((row) => [row.id, Number(row.pending)]));
}

/** The query of `pendingByTpv`; for at least one TPV. */
export function pendingOfTpvs(db: Kysely<Schema>, ids: readonly string[], most: number) {
  return db
    .selectFrom('tpv_instances as t')
    .where('t.id', 'in', ids)
    .select((eb) => {
      const few = eb
        .selectFrom('instructions as i')
        .select('i.seq')
        .whereRef('i.tpv_id', '=', 't.id')
        .where('i.status', '=', 'pending')
        .limit(most)
        .as('few');
      const count = eb.selectFrom(few).select((inner) => inner.fn.countAll<number>().as('count'));
      return ['t.id', count.as('pending')];
    });
}

/** Instructions that no TPV takes. */
export function unassignedInstructions(db: Kysely<Schema>) {
  return db.selectFrom('instructions').where('tpv_id', 'is', null).where('status', '=', 'pending');
}

/** Messages to persons that wait for Telegram. The condition is that of the partial index, word for word. */
export function queuedPushes(db: Kysely<Schema>) {
  return db.selectFrom('push_messages').where('not_before', 'is not', null);
}
