import type { Kysely } from 'kysely';

/** What hubs of several versions that share a PostgreSQL tell each other. In a SQLite file the tables stay empty. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The newest migration that its program knows; null: a program from before this one.
  await db.schema.alterTable('hubs').addColumn('level', 'integer').execute();
  // A keyed hash for each variable that all of them must have alike, as JSON.
  await db.schema.alterTable('hubs').addColumn('config', 'text').execute();
  // When the last two sockets of the TPV took over from one that was open, at whatever hub.
  await db.schema.alterTable('sockets').addColumn('took_over_at', 'bigint').execute();
  await db.schema.alterTable('sockets').addColumn('took_over_before', 'bigint').execute();
}
