import type { Kysely } from 'kysely';

/** Changes of sent messages that Telegram has not taken yet: one a message, the newest. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('push_changes')
    .addColumn('push_id', 'text', (c) => c.primaryKey())
    .addColumn('chat_id', 'bigint', (c) => c.notNull())
    .addColumn('tpv_id', 'text')
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('text', 'text')
    .addColumn('parse_mode', 'text')
    .addColumn('addition', 'text')
    .addColumn('markup', 'text')
    .addColumn('drops_buttons', 'integer', (c) => c.notNull())
    .addColumn('deletes', 'integer', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .addColumn('not_before', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('push_changes_of_chat').on('push_changes').columns(['chat_id', 'asked_at']).execute();
}
