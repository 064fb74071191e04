import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // What a person was told while no TPV took their messages. A row is written only when something is said.
  await db.schema
    .createTable('silences')
    .addColumn('telegram_id', 'bigint', (c) => c.primaryKey())
    .addColumn('tpv_id', 'text', (c) => c.notNull())
    .addColumn('instruction_id', 'text', (c) => c.notNull())
    .addColumn('said', 'text', (c) => c.notNull())
    .execute();
}
