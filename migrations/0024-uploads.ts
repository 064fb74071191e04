import { type Kysely, SqliteAdapter, sql } from 'kysely';

/**
 * Files that wait to be sent, in parts: all hubs on one PostgreSQL have them. A SQLite file has one hub, which keeps them
 * in a folder; there the table stays empty.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  await db.schema
    .createTable('uploads')
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('part', 'integer', (c) => c.notNull())
    // 1: the file ends with this part, and is whole.
    .addColumn('is_last', 'integer', (c) => c.notNull())
    .addColumn('bytes', sqlite ? 'blob' : 'bytea', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('uploads_pk', ['id', 'part'])
    .execute();
  // Telegram's id of the bot that a hub serves: hubs that share a database have one.
  await db.schema.alterTable('hubs').addColumn('bot', 'text').execute();
  if (sqlite) return;
  // Photos and PDFs are compressed already.
  await sql`alter table uploads alter column bytes set storage external`.execute(db);
}
