import { type Kysely, SqliteAdapter, sql } from 'kysely';

/** What several hubs on one PostgreSQL need of each other. A SQLite file has one hub: there the tables stay empty. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  await db.schema
    .createTable('hubs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('sockets')
    .addColumn('tpv_id', 'text', (c) => c.primaryKey())
    .addColumn('session_id', 'text', (c) => c.notNull().unique())
    .addColumn('hub_id', 'text', (c) => c.notNull())
    .addColumn('fence', 'bigint', (c) => c.notNull())
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('sockets_of_hub').on('sockets').column('hub_id').execute();
  await db.schema
    .createTable('leases')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('hub_id', 'text', (c) => c.notNull())
    .addColumn('term', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint', (c) => c.notNull())
    .execute();
  // In which term of the lease `telegram` it left; null: by a hub that is alone.
  await db.schema.alterTable('push_messages').addColumn('sender_term', 'bigint').execute();
  // Which hub shows how it went; null: one that is alone.
  await db.schema.alterTable('presses').addColumn('hub_id', 'text').execute();
  if (sqlite) return;
  // Each hub's row changes every second: what it leaves behind must fit beside it.
  await sql`alter table hubs set (fillfactor = 50)`.execute(db);
  await sql`alter table sockets set (fillfactor = 70)`.execute(db);
}
