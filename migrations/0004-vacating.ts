import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // 1: its persons and what is open are being taken from it, a few in each commit; a process that starts goes on.
  await db.schema
    .alterTable('tpv_instances')
    .addColumn('vacating', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('tpv_instances_vacating')
    .on('tpv_instances')
    .column('id')
    .where(sql.ref('vacating'), '=', sql.lit(1))
    .execute();
}
