import { type Kysely, SqliteAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Database } from './open.ts';
import type { Schema } from './schema.ts';
import { storedValue } from './stored-value.ts';

/**
 * A migration. Its level is its number, and a program's level is that of the newest one that it knows. So that hubs can
 * be upgraded one after the other, it says from which level on programs still work on the schema after it: what only
 * adds names an older one, and what takes something away names the first that did without it. Without `worksFrom`,
 * programs that don't know it have to end.
 */
export interface LevelledMigration extends Migration {
  worksFrom?: number;
}

export interface LevelledMigrations {
  getMigrations(): Promise<Record<string, LevelledMigration>>;
}

/** Keeps the lowest level on which programs work on this schema, once that is above the first. */
export const SCHEMA_MIN = 'schema_min';
/** Programs below it know nothing of levels. */
export const FIRST_LEVEL = 27;
/** Behind a statement that waits for a table every other one on it waits. */
const LOCK_MS = 3_000;

/** The level of a program that knows these migrations. */
export function levelOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number.parseInt(name, 10)));
}

/** On which level programs must be at least to work on this database. */
export async function schemaMin(db: Pick<Database, 'query'>): Promise<number> {
  const [row] = await db.query(storedValue, { key: SCHEMA_MIN });
  return Number(row?.value ?? FIRST_LEVEL);
}

/** The same, once these migrations ran. */
export async function oldestLevelAfter(migrations: LevelledMigrations, names: readonly string[]): Promise<number> {
  const all = await migrations.getMigrations();
  return Math.max(0, ...names.map((name) => worksFrom(name, all[name])));
}

function worksFrom(name: string, migration: LevelledMigration | undefined): number {
  return migration?.worksFrom ?? levelOf([name]);
}

/**
 * The migrations, each of which says in its transaction who can work on its schema.
 * @param boundsLocks others are at work on the tables
 */
export async function withLevels(
  migrations: LevelledMigrations,
  { boundsLocks }: { boundsLocks: boolean },
): Promise<Record<string, Migration>> {
  const all = Object.entries(await migrations.getMigrations());
  const levelled = all.map(([name, migration]): [string, Migration] => {
    const up = async (db: Kysely<Schema>) => {
      const isPostgres = !(db.getExecutor().adapter instanceof SqliteAdapter);
      if (boundsLocks && isPostgres) await sql`set local lock_timeout = ${sql.lit(LOCK_MS)}`.execute(db);
      await migration.up(db);
      if (levelOf([name]) > FIRST_LEVEL) await raise(db, worksFrom(name, migration));
    };
    return [name, { ...migration, up }];
  });
  return Object.fromEntries(levelled);
}

async function raise(db: Kysely<Schema>, level: number): Promise<void> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', SCHEMA_MIN).executeTakeFirst();
  if (Number(row?.value ?? FIRST_LEVEL) >= level) return;
  await db
    .insertInto('settings')
    .values({ key: SCHEMA_MIN, value: String(level) })
    .onConflict((c) => c.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })))
    .execute();
}
