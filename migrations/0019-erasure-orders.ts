import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Whether a TPV has its order, and which are open, is asked for each page of an erasure; other instructions are not in it.
  await db.schema
    .createIndex('erasure_orders')
    .on('instructions')
    .columns(['telegram_user_id', 'tpv_id'])
    .where(sql.ref('command'), '=', sql.lit('process_erasure'))
    .execute();
}
