import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // The presses whose person has not seen their end: a hub that starts goes on with them, and reads no others.
  await db.schema
    .createIndex('presses_open')
    .on('presses')
    .column('pressed_at')
    .where(sql.ref('settled_at'), 'is', null)
    .execute();
}
