import type { Kysely } from 'kysely';

/** It adds a column with a default, which an older hub leaves alone. */
export const worksFrom = 27;

export async function up(db: Kysely<unknown>): Promise<void> {
  // In which language the panel speaks to an account's owner.
  await db.schema
    .alterTable('admin_users')
    .addColumn('language', 'text', (c) => c.notNull().defaultTo('es'))
    .execute();
}
