import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { DATABASE_NOW } from './membership.ts';

/**
 * Looks, before a migration after which programs below `level` can't work on the database, whether such hubs do. Those
 * from before hubs had levels are not seen: any migration ends them.
 * @throws HubError `unavailable` with a sentence that names them
 */
export async function noOlderHubs(db: Pick<Database, 'writer'>, level: number): Promise<void> {
  const columns = sql<{ made: boolean }>`select exists (select 1 from pg_attribute
    where attrelid = to_regclass('hubs') and attname = 'level' and not attisdropped) as made`;
  const [found] = (await columns.execute(db.writer)).rows;
  if (found?.made !== true) return;
  const older = await db.writer
    .selectFrom('hubs')
    .select(['name', 'version'])
    .where('until', '>=', sql<number>`${sql.raw(DATABASE_NOW)}`)
    .where('level', '<', level)
    .orderBy('started_at')
    .execute();
  if (older.length === 0) return;
  const named = older.map(({ name, version }) => `version ${version} on ${name}`).join(', ');
  throw new HubError(
    'unavailable',
    `This version changes the database so that hubs that run on it can not work on (${named}): stop them first.`,
  );
}
