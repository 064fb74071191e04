import { type Kysely, sql } from 'kysely';

/** As long was a TPV online after its last heartbeat, before rows said it. */
const ONLINE_MS = 300_000;

interface Tpvs {
  tpv_instances: { last_heartbeat: number | null; online_until: number | null; presence_since: number | null };
}

export async function up(db: Kysely<Tpvs>): Promise<void> {
  // Over what a TPV was there last; null: not known, or it never was.
  await db.schema.alterTable('tpv_instances').addColumn('transport', 'text').execute();
  // Until when it is online without another sign of life; null: it is offline.
  await db.schema.alterTable('tpv_instances').addColumn('online_until', 'bigint').execute();
  await db.schema.alterTable('tpv_instances').addColumn('presence_since', 'bigint').execute();
  // When it went offline, until its persons were told.
  await db.schema.alterTable('tpv_instances').addColumn('offline_untold', 'bigint').execute();
  // Those who were online when the hub ran last; the others went offline long ago, and nobody is told of that now.
  await db
    .updateTable('tpv_instances')
    .set((eb) => ({ online_until: eb('last_heartbeat', '+', ONLINE_MS), presence_since: eb.ref('last_heartbeat') }))
    .where('last_heartbeat', '>', (eb) =>
      eb.selectFrom('tpv_instances').select((tpvs) => tpvs(tpvs.fn.max('last_heartbeat'), '-', ONLINE_MS).as('since')),
    )
    .execute();
  await db
    .updateTable('tpv_instances')
    .set((eb) => ({ presence_since: eb('last_heartbeat', '+', ONLINE_MS) }))
    .where('online_until', 'is', null)
    .where('last_heartbeat', 'is not', null)
    .execute();
  await db.schema
    .createIndex('tpv_instances_online')
    .on('tpv_instances')
    .column('online_until')
    .where(sql.ref('online_until'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('tpv_instances_offline_untold')
    .on('tpv_instances')
    .column('offline_untold')
    .where(sql.ref('offline_untold'), 'is not', null)
    .execute();
}
