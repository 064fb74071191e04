import { type Kysely, SqliteAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const messages = db.schema.createTable('push_messages');
  await (sqlite
    ? messages.addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    : messages.addColumn('seq', 'bigserial', (c) => c.primaryKey())
  )
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('tpv_id', 'text', (c) => c.references('tpv_instances.id'))
    .addColumn('chat_id', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('parse_mode', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('disable_notification', 'integer', (c) => c.notNull())
    .addColumn('reply_markup', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('telegram_message_id', 'bigint')
    .addColumn('error_code', 'integer')
    .addColumn('error_message', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('sent_as_plain', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('idempotency_key', 'text')
    .addColumn('body_hash', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('queued_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('not_before', 'bigint')
    .execute();
  // What waits, chat by chat in order, and for whom; settled rows have left it.
  await db.schema
    .createIndex('push_messages_waiting')
    .on('push_messages')
    .columns(['chat_id', 'seq', 'tpv_id'])
    .where(sql.ref('not_before'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('push_messages_of_tpv')
    .on('push_messages')
    .columns(['tpv_id', 'status', 'seq'])
    .execute();
  await db.schema
    .createIndex('push_messages_by_key')
    .on('push_messages')
    .columns(['tpv_id', 'idempotency_key'])
    .unique()
    .where(sql.ref('idempotency_key'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('push_messages_in_chat')
    .on('push_messages')
    .columns(['chat_id', 'telegram_message_id'])
    .execute();

  await db.schema
    .createTable('buttons')
    .addColumn('token', 'text', (c) => c.primaryKey())
    .addColumn('push_id', 'text', (c) => c.notNull())
    .addColumn('tpv_id', 'text', (c) => c.notNull().references('tpv_instances.id'))
    .addColumn('telegram_user_id', 'bigint', (c) => c.notNull())
    .addColumn('action', 'text')
    .addColumn('data', 'text')
    .addColumn('callback_url', 'text')
    .addColumn('form', 'text')
    .addColumn('single_use', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('pressed_at', 'bigint')
    .addColumn('settled_at', 'bigint')
    .execute();
  await db.schema.createIndex('buttons_of_push').on('buttons').column('push_id').execute();
  await db.schema.createIndex('buttons_expiring').on('buttons').column('expires_at').execute();

  await db.schema
    .createTable('presses')
    .addColumn('query_id', 'text', (c) => c.primaryKey())
    .addColumn('token', 'text', (c) => c.notNull())
    .addColumn('instruction_id', 'text')
    .addColumn('telegram_user_id', 'bigint', (c) => c.notNull())
    .addColumn('pressed_at', 'bigint', (c) => c.notNull())
    .addColumn('answered_at', 'bigint')
    .addColumn('settled_at', 'bigint')
    .execute();
  await db.schema.createIndex('presses_of_instruction').on('presses').column('instruction_id').execute();
  await db.schema.createIndex('presses_in_time').on('presses').column('pressed_at').execute();

  await db.schema
    .createTable('instruction_files')
    .addColumn('file_id', 'text', (c) => c.notNull())
    .addColumn('instruction_id', 'text', (c) => c.notNull())
    .addColumn('file_name', 'text')
    .addColumn('mime_type', 'text')
    .addPrimaryKeyConstraint('instruction_files_pk', ['file_id', 'instruction_id'])
    .execute();
  await db.schema
    .createIndex('instruction_files_of_instruction')
    .on('instruction_files')
    .column('instruction_id')
    .execute();
}
