import { promises as fs } from 'node:fs';
import path from 'node:path';
import { FileMigrationProvider, type MigrationProvider, Migrator } from 'kysely/migration';
import { pause, systemClock } from '../clock.ts';
import { DatabaseFault, databaseFault } from './fault.ts';
import type { Database } from './open.ts';
import { type LevelledMigrations, levelOf, oldestLevelAfter, schemaMin, withLevels } from './schema-level.ts';

const migrationFolder = path.join(import.meta.dirname, '../../migrations');

/** Which migrations the database has. */
export interface MigrationStatus {
  applied: string[];
  waiting: string[];
  /** Migrations that the database has and this program does not know: a newer program wrote it. */
  unknown: string[];
}

/** This program's. */
export const ownMigrations: LevelledMigrations = new FileMigrationProvider({ fs, path, migrationFolder });

function migrator(db: Database, migrations: LevelledMigrations, shared: boolean): Migrator {
  const provider: MigrationProvider = { getMigrations: () => withLevels(migrations, { boundsLocks: shared }) };
  return new Migrator({ db: db.writer, provider });
}

/** The names of this program's migrations, in their order. */
export async function knownMigrations(): Promise<string[]> {
  return Object.keys(await ownMigrations.getMigrations()).sort();
}

/** Compares the database with the migrations of this program. */
export async function migrationStatus(
  db: Database,
  migrations: LevelledMigrations = ownMigrations,
): Promise<MigrationStatus> {
  const known = await migrator(db, migrations, false).getMigrations();
  const applied = known.filter((m) => m.executedAt !== undefined).map((m) => m.name);
  const waiting = known.filter((m) => m.executedAt === undefined).map((m) => m.name);
  const names = new Set(known.map((m) => m.name));
  const inDatabase = await appliedNames(db);
  return { applied, waiting, unknown: inDatabase.filter((name) => !names.has(name)) };
}

async function appliedNames(db: Database): Promise<string[]> {
  const tables = await db.writer.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  // Kysely's own table is not part of the hub's schema.
  const rows = await db.writer
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  return rows.map((row) => row.name);
}

/** Says what to do about a schema of a newer program. */
export function newerSentence(what: string, unknown: readonly string[]): string {
  return `${what} is newer than this program (it has ${unknown.join(', ')}): install the version of the hub that wrote it, or a later one.`;
}

export interface MigrateOptions {
  /** For tests: other ones than this program's. */
  migrations?: LevelledMigrations | undefined;
  /** Other hubs may be at work on it: one that is newer may have migrated it, and locks are not waited for long. */
  isShared?: boolean;
  /** Called before programs below this level can't work on it any more; what it throws ends it. */
  beforeEnding?: (level: number) => Promise<void>;
}

/** The level of this program. */
export async function programLevel(migrations: LevelledMigrations = ownMigrations): Promise<number> {
  return levelOf(Object.keys(await migrations.getMigrations()));
}

/** Hubs that are at work have a table for moments, one after the other. */
const LOCK_TRIES = 20;
const LOCK_AGAIN_MS = 500;
/** Other processes know nothing of a clock that a test moves. */
const processTime = systemClock();

/**
 * Brings the schema up to this program's. Where several hubs share the database, one that a newer program migrated stays
 * as it is, as long as that says that programs of this level work on it.
 * @returns the migrations that ran
 * @throws Error with a sentence if the database is newer than the program, or a migration fails
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<string[]> {
  const { migrations = ownMigrations, isShared = false, beforeEnding } = options;
  const { unknown, waiting } = await migrationStatus(db, migrations);
  if (unknown.length > 0) {
    const level = await programLevel(migrations);
    if (isShared && waiting.length === 0 && (await schemaMin(db)) <= level) return [];
    throw new Error(newerSentence('The database', unknown));
  }
  if (waiting.length > 0) await beforeEnding?.(await oldestLevelAfter(migrations, waiting));
  for (let triesLeft = LOCK_TRIES; ; triesLeft--) {
    const { ran, error } = await migrateOnce(migrator(db, migrations, isShared));
    if (error === undefined) return ran;
    if (!isShared || triesLeft === 0 || !isInTheWay(error.cause)) throw error;
    await pause(processTime, Math.random() * LOCK_AGAIN_MS);
  }
}

/** Hubs that work on a table had it for longer than the migration waits. */
function isInTheWay(error: unknown): boolean {
  const fault = databaseFault(error);
  return fault instanceof DatabaseFault && (fault.kind === 'locked' || fault.kind === 'conflict');
}

async function migrateOnce(migrator: Migrator): Promise<{ ran: string[]; error?: Error }> {
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find((result) => result.status === 'Error');
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    // Before the first of them, there is none to name: Kysely could not make its own tables, or lock them.
    const what =
      failed === undefined
        ? 'The database could not be made ready for migrations'
        : `The migration ${failed.migrationName} failed`;
    return { ran: [], error: new Error(`${what}, and nothing was changed: ${reason}`, { cause: error }) };
  }
  const ran = (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
  return { ran };
}
