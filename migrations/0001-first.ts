import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Dialects differ in two words: how a growing row number and a blob are spelled.
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const bytes = sqlite ? 'blob' : 'bytea';
  const withSeq = <T extends string>(table: CreateTableBuilder<T, never>) =>
    sqlite
      ? table.addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
      : table.addColumn('seq', 'bigserial', (c) => c.primaryKey());

  await db.schema
    .createTable('tpv_instances')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('endpoint_url', 'text', (c) => c.notNull())
    .addColumn('is_active', 'integer', (c) => c.notNull())
    .addColumn('max_users', 'integer', (c) => c.notNull())
    .addColumn('user_count', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('metadata', 'text', (c) => c.notNull())
    .addColumn('join_code', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_heartbeat', 'bigint')
    .addColumn('deleted_at', 'bigint')
    .execute();

  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tpv_id', 'text', (c) => c.notNull().references('tpv_instances.id'))
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('prefix', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('valid_until', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .execute();
  await db.schema.createIndex('api_keys_of_tpv').on('api_keys').column('tpv_id').execute();

  await db.schema
    .createTable('telegram_users')
    .addColumn('telegram_id', 'bigint', (c) => c.primaryKey())
    .addColumn('username', 'text')
    .addColumn('first_name', 'text', (c) => c.notNull())
    .addColumn('last_name', 'text', (c) => c.notNull())
    .addColumn('language_code', 'text', (c) => c.notNull())
    .addColumn('is_active', 'integer', (c) => c.notNull())
    .addColumn('tpv_id', 'text', (c) => c.references('tpv_instances.id'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_interaction', 'bigint', (c) => c.notNull())
    .addColumn('unassigned_told_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('telegram_users_of_tpv')
    .on('telegram_users')
    .columns(['tpv_id', 'telegram_id'])
    .execute();

  await withSeq(db.schema.createTable('telegram_updates'))
    .addColumn('update_id', 'bigint', (c) => c.unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('raw', bytes)
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .execute();

  await withSeq(db.schema.createTable('instructions'))
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('update_id', 'bigint')
    .addColumn('tpv_id', 'text', (c) => c.references('tpv_instances.id'))
    .addColumn('telegram_user_id', 'bigint', (c) => c.notNull())
    .addColumn('telegram_username', 'text')
    .addColumn('command', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('priority', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('delivered_at', 'bigint')
    .addColumn('completed_at', 'bigint')
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('response', 'text')
    .addColumn('error_message', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('retry_count', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('holder', 'text')
    .addColumn('due_at', 'bigint')
    .execute();
  // Claims, lists and counts of one TPV; its pending rows lie in the order in which they go out.
  await db.schema
    .createIndex('instructions_of_tpv')
    .on('instructions')
    .columns(['tpv_id', 'status', 'priority', 'seq'])
    .execute();
  // The sweep; final rows have left it.
  await db.schema
    .createIndex('instructions_due')
    .on('instructions')
    .column('due_at')
    .where(sql.ref('due_at'), 'is not', null)
    .execute();

  await db.schema
    .createTable('settings')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
