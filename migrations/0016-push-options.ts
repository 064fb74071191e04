import type { Kysely } from 'kysely';

/** How a message stands in its chat, besides what it says; and the topic in which a person wrote last. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('push_messages').addColumn('options', 'text').execute();
  await db.schema.alterTable('telegram_users').addColumn('topic_id', 'bigint').execute();
}
