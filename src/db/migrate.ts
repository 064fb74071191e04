import { promises as fs } from 'node:fs';
import path from 'node:path';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import type { Database } from './open.ts';

const migrationFolder = path.join(import.meta.dirname, '../../migrations');

/** Which migrations the database has. */
export interface MigrationStatus {
  applied: string[];
  waiting: string[];
  /** Migrations that the database has and this program does not know: a newer program wrote it. */
  unknown: string[];
}

const provider = new FileMigrationProvider({ fs, path, migrationFolder });

function migrator(db: Database): Migrator {
  return new Migrator({ db: db.writer, provider });
}

/** The names of this program's migrations, in their order. */
export async function knownMigrations(): Promise<string[]> {
  return Object.keys(await provider.getMigrations()).sort();
}

/** Compares the database with the migrations of this program. */
export async function migrationStatus(db: Database): Promise<MigrationStatus> {
  const known = await migrator(db).getMigrations();
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

/**
 * Brings the schema up to this program's.
 * @returns the migrations that ran
 * @throws Error with a sentence if the database is newer than the program, or a migration fails
 */
export async function migrate(db: Database): Promise<string[]> {
  const { unknown } = await migrationStatus(db);
  if (unknown.length > 0) throw new Error(newerSentence('The database', unknown));
  const { error, results } = await migrator(db).migrateToLatest();
  const failed = results?.find((result) => result.status === 'Error');
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    // Before the first of them, there is none to name: Kysely could not make its own tables, or lock them.
    const what =
      failed === undefined
        ? 'The database could not be made ready for migrations'
        : `The migration ${failed.migrationName} failed`;
    throw new Error(`${what}, and nothing was changed: ${reason}`, {
      cause: error,
    });
  }
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}
