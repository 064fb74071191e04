import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // When the person of a session last proved who they are; and what links their Telegram to the account, once.
  await db.schema
    .alterTable('admin_sessions')
    .addColumn('proven_at', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('admin_sessions').addColumn('link_hash', 'text').execute();
  await db.schema.alterTable('admin_sessions').addColumn('link_expires_at', 'bigint').execute();
  await sql`update admin_sessions set proven_at = created_at`.execute(db);
  // Who hears in Telegram of an account's logins, as they are called there, and from which devices it logged in before.
  await db.schema.alterTable('admin_users').addColumn('telegram_id', 'bigint').execute();
  await db.schema
    .alterTable('admin_users')
    .addColumn('telegram_name', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await db.schema
    .alterTable('admin_users')
    .addColumn('known_devices', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}
