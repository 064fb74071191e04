import { promises as fs } from 'node:fs';
import path from 'node:path';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import type { Database } from '../../src/db/open.ts';

const migrationFolder = path.join(import.meta.dirname, '../../migrations');

/** Brings an empty database only as far as this migration, as an older program would leave it. */
export async function migrateUpTo(db: Database, name: string): Promise<void> {
  const migrator = new Migrator({ db: db.writer, provider: new FileMigrationProvider({ fs, path, migrationFolder }) });
  const { error } = await migrator.migrateTo(name);
  if (error !== undefined) throw error;
}
