import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Of which TPVs an account with the role `manager` sees and does things.
  await db.schema
    .createTable('account_tpvs')
    .addColumn('admin_id', 'text', (c) => c.notNull().references('admin_users.id').onDelete('cascade'))
    .addColumn('tpv_id', 'text', (c) => c.notNull().references('tpv_instances.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('account_tpvs_pk', ['admin_id', 'tpv_id'])
    .execute();
  await db.schema.createIndex('account_tpvs_of_tpv').on('account_tpvs').column('tpv_id').execute();
  // What lets a person in once: an invitation into Telegram, or a login that the bot gave; one of each at a time.
  await db.schema
    .createTable('account_tickets')
    .addColumn('admin_id', 'text', (c) => c.notNull().references('admin_users.id').onDelete('cascade'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('account_tickets_pk', ['admin_id', 'kind'])
    .execute();
}
