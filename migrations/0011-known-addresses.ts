import type { Kysely } from 'kysely';

interface Tables {
  admin_users: { id: string; known_addresses: string };
  admin_sessions: { admin_id: string; address: string };
}

export async function up(db: Kysely<Tables>): Promise<void> {
  // From where an account logged in before, the newest first: wrong passwords from elsewhere don't make it wait.
  await db.schema
    .alterTable('admin_users')
    .addColumn('known_addresses', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  const sessions = await db.selectFrom('admin_sessions').select(['admin_id', 'address']).distinct().execute();
  const addresses = Map.groupBy(sessions, ({ admin_id: id }) => id);
  for (const [id, ofAccount] of addresses) {
    const known = JSON.stringify(ofAccount.slice(0, 20).map(({ address }) => address));
    await db.updateTable('admin_users').set({ known_addresses: known }).where('id', '=', id).execute();
  }
}
