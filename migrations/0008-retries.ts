import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // An administrator's retry is a new instruction: each of the two names the other. Both are null for nearly all rows.
  await db.schema.alterTable('instructions').addColumn('retry_of', 'text').execute();
  await db.schema.alterTable('instructions').addColumn('retried_as', 'text').execute();
}
