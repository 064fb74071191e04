import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // What persons, or administrators for them, asked for: a document of all that is held, or that it is erased.
  await db.schema
    .createTable('person_requests')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('telegram_id', 'bigint')
    .addColumn('language_code', 'text', (c) => c.notNull())
    .addColumn('asked_at', 'bigint', (c) => c.notNull())
    .addColumn('step', 'text', (c) => c.notNull())
    .addColumn('instructions_to', 'bigint', (c) => c.notNull())
    .addColumn('pushes_to', 'bigint', (c) => c.notNull())
    .addColumn('farewell_id', 'text')
    .addColumn('done_at', 'bigint')
    .execute();
  // One of a kind is under way for a person. A TPV that does not answer must not keep a person from asking again.
  await db.schema
    .createIndex('person_requests_under_way')
    .on('person_requests')
    .columns(['telegram_id', 'kind'])
    .unique()
    .where(sql`step`, 'not in', sql`(${sql.lit('waiting')}, ${sql.lit('done')})`)
    .execute();
  await db.schema
    .createIndex('person_requests_open')
    .on('person_requests')
    .column('asked_at')
    .where(sql.ref('done_at'), 'is', null)
    .execute();
}
