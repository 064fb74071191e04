import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { makeMemoryFolder } from './memory-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    migratedFile: string;
  }
}

/** What the hub says by itself when a TPV is not there, which most tests' TPVs are not; `letHubSpeak` undoes it. */
export const SILENCED = ['offline', 'waiting', 'failed'] as const;

/** Brings a database up to what a hub at its start would, silences the hub as an administrator can, and closes it. */
export async function migrateDatabase(url: string): Promise<void> {
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'normal' });
  try {
    await migrate(db);
    await db.writer
      .insertInto('settings')
      .values(SILENCED.map((key) => ({ key: `text.${key}`, value: '""' })))
      .execute();
  } finally {
    await db.close();
  }
}

/** Makes the SQLite file that hubs of this run start on, so that the schema is made once and not by each of them. */
export async function makeMigratedFile(): Promise<{ path: string; remove(): void }> {
  const folder = makeMemoryFolder('hub-migrated-');
  const path = join(folder, 'hub.db');
  await migrateDatabase(`sqlite:${path}`);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Puts a copy of it there. */
export function copyMigratedFile(path: string): void {
  copyFileSync(inject('migratedFile'), path);
}
