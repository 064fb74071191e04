import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // What a TPV says of its service; null: open at all times, as every TPV was before.
  await db.schema.alterTable('tpv_instances').addColumn('service', 'text').execute();
  // When that means something else than before by itself, so that who watches is told; null: never.
  await db.schema.alterTable('tpv_instances').addColumn('service_changes_at', 'bigint').execute();
  await db.schema
    .createIndex('tpv_instances_service_changes')
    .on('tpv_instances')
    .column('service_changes_at')
    .where(sql.ref('service_changes_at'), 'is not', null)
    .execute();
}
