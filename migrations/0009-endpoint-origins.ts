import { type Kysely, sql } from 'kysely';

/** TPVs read at once. */
const PAGE = 1_000;

interface Tpvs {
  tpv_instances: { id: string; endpoint_url: string; endpoint_origin: string | null };
}

export async function up(db: Kysely<Tpvs>): Promise<void> {
  // Whether a press may call a URL is looked up by its origin, and not by reading every TPV's URL.
  await db.schema.alterTable('tpv_instances').addColumn('endpoint_origin', 'text').execute();
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('tpv_instances')
      .select(['id', 'endpoint_url'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    for (const { id, endpoint_url: url } of page) {
      const origin = originOf(url);
      if (origin === null) continue;
      await db.updateTable('tpv_instances').set({ endpoint_origin: origin }).where('id', '=', id).execute();
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  await db.schema
    .createIndex('tpv_instances_of_origin')
    .on('tpv_instances')
    .columns(['endpoint_origin', 'is_active'])
    .where(sql.ref('endpoint_origin'), 'is not', null)
    .execute();
}

function originOf(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return null;
  return url.username === '' && url.password === '' ? url.origin : null;
}
