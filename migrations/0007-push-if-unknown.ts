import type { Kysely } from 'kysely';

/** What becomes of a message that may have arrived, and how often it was sent again because of that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('push_messages')
    .addColumn('if_unknown', 'text', (c) => c.notNull().defaultTo('hold'))
    .execute();
  await db.schema
    .alterTable('push_messages')
    .addColumn('sent_again', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
