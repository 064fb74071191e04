import { type Kysely, SqliteAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;

  await db.schema
    .createTable('admin_users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('totp_secret', 'text')
    .addColumn('totp_enabled_at', 'bigint')
    .addColumn('totp_last_step', 'bigint')
    .addColumn('recovery_codes', 'text', (c) => c.notNull().defaultTo('[]'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('password_changed_at', 'bigint', (c) => c.notNull())
    .addColumn('last_login_at', 'bigint')
    .execute();

  await db.schema
    .createTable('admin_sessions')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('admin_id', 'text', (c) => c.notNull().references('admin_users.id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_seen_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('user_agent', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('admin_sessions_of_admin').on('admin_sessions').column('admin_id').execute();

  const audit = db.schema.createTable('audit_log');
  await (sqlite
    ? audit.addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    : audit.addColumn('seq', 'bigserial', (c) => c.primaryKey())
  )
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('target_kind', 'text')
    .addColumn('target_id', 'text')
    .addColumn('target_name', 'text')
    .addColumn('details', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('address', 'text')
    .execute();

  // What happened in each minute, to the hub as a whole ('') and to each TPV.
  await db.schema
    .createTable('activity')
    .addColumn('minute', 'bigint', (c) => c.notNull())
    .addColumn('tpv_id', 'text', (c) => c.notNull())
    .addColumn('updates', 'integer', (c) => c.notNull())
    .addColumn('instructions', 'integer', (c) => c.notNull())
    .addColumn('completed', 'integer', (c) => c.notNull())
    .addColumn('failed', 'integer', (c) => c.notNull())
    .addColumn('pushes', 'integer', (c) => c.notNull())
    .addColumn('pushes_failed', 'integer', (c) => c.notNull())
    .addColumn('p50_ms', 'double precision')
    .addColumn('p99_ms', 'double precision')
    .addPrimaryKeyConstraint('activity_pk', ['tpv_id', 'minute'])
    .execute();
  await db.schema.createIndex('activity_in_time').on('activity').column('minute').execute();

  // Null: nobody has approved it yet.
  await db.schema.alterTable('tpv_instances').addColumn('approved_at', 'bigint').execute();
  await sql`update tpv_instances set approved_at = created_at where is_active = 1`.execute(db);

  // What an administrator's search looks into: names and id, in small letters, without accents. It is written with the
  // person's next message; until then the names are found as they were written.
  await db.schema
    .alterTable('telegram_users')
    .addColumn('search', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await sql`update telegram_users
    set search = lower(first_name || ' ' || last_name || ' ' || coalesce(username, '') || ' ' || telegram_id)`.execute(
    db,
  );
  await db.schema
    .createIndex('telegram_users_by_age')
    .on('telegram_users')
    .columns(['created_at', 'telegram_id'])
    .execute();
  await db.schema
    .createIndex('telegram_users_of_tpv_by_age')
    .on('telegram_users')
    .columns(['tpv_id', 'created_at', 'telegram_id'])
    .execute();

  // The lists of the panel: newest first, of one person, of one TPV, those that failed.
  await db.schema.createIndex('instructions_of_user').on('instructions').columns(['telegram_user_id', 'seq']).execute();
  await db.schema.createIndex('instructions_of_tpv_in_time').on('instructions').columns(['tpv_id', 'seq']).execute();
  await db.schema
    .createIndex('instructions_failed')
    .on('instructions')
    .column('seq')
    .where(sql`status`, '=', sql.lit('failed'))
    .execute();
  // Its columns change only when a row comes and when it ends: reports and leases leave it alone.
  await db.schema
    .createIndex('instructions_open')
    .on('instructions')
    .column('seq')
    .where(sql.ref('completed_at'), 'is', null)
    .execute();
  await db.schema
    .createIndex('presses_of_user')
    .on('presses')
    .columns(['telegram_user_id', 'pressed_at', 'query_id'])
    .execute();
  await db.schema.createIndex('push_messages_of_chat').on('push_messages').columns(['chat_id', 'seq']).execute();
  await db.schema.createIndex('push_messages_of_tpv_in_time').on('push_messages').columns(['tpv_id', 'seq']).execute();
  await db.schema
    .createIndex('push_messages_gone_wrong')
    .on('push_messages')
    .columns(['status', 'seq'])
    .where(sql`status`, 'in', sql`(${sql.lit('failed')}, ${sql.lit('unknown')})`)
    .execute();
  await db.schema
    .createIndex('telegram_updates_put_aside')
    .on('telegram_updates')
    .columns(['outcome', 'seq'])
    .where(sql`outcome`, 'in', sql`(${sql.lit('kept')}, ${sql.lit('quarantined')})`)
    .execute();
}
