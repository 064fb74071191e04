import type { Kysely } from 'kysely';

/** TPVs read at once. */
const PAGE = 1_000;

interface Tables {
  tpv_instances: { id: string; created_at: number };
  signing_secrets: { id: string; tpv_id: string; secret: string; created_at: number; valid_until: number | null };
}

export async function up(db: Kysely<Tables>): Promise<void> {
  // What the hub signs its calls of a TPV's URL with. A signature needs the secret itself, and so there is no hash.
  await db.schema
    .createTable('signing_secrets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tpv_id', 'text', (c) => c.notNull().references('tpv_instances.id'))
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('valid_until', 'bigint')
    .execute();
  await db.schema.createIndex('signing_secrets_of_tpv').on('signing_secrets').column('tpv_id').execute();
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('tpv_instances')
      .select(['id', 'created_at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
    const secrets = page.map(({ id, created_at: createdAt }) => ({
      id: crypto.randomUUID(),
      tpv_id: id,
      secret: `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`,
      created_at: createdAt,
      valid_until: null,
    }));
    await db.insertInto('signing_secrets').values(secrets).execute();
  }
}
