import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Conversations, those whose person wrote last first: all, and those of one TPV or of none.
  await db.schema
    .createIndex('telegram_users_by_activity')
    .on('telegram_users')
    .columns(['last_interaction', 'telegram_id'])
    .execute();
  await db.schema
    .createIndex('telegram_users_of_tpv_by_activity')
    .on('telegram_users')
    .columns(['tpv_id', 'last_interaction', 'telegram_id'])
    .execute();
  // As far as an account has read a conversation, as a row number of `instructions`; person 0: every conversation.
  await db.schema
    .createTable('inbox_reads')
    .addColumn('admin_id', 'text', (c) => c.notNull().references('admin_users.id').onDelete('cascade'))
    .addColumn('telegram_id', 'bigint', (c) => c.notNull())
    .addColumn('read_up_to', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('inbox_reads_pk', ['admin_id', 'telegram_id'])
    .execute();
  await db.schema.createIndex('inbox_reads_of_person').on('inbox_reads').column('telegram_id').execute();
  // What came before there were marks is no news.
  await sql`insert into inbox_reads (admin_id, telegram_id, read_up_to)
    select id, 0, (select coalesce(max(seq), 0) from instructions) from admin_users`.execute(db);
}
