import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Service } from '../../src/operations/upgrade/undo.ts';

/** Where the link leads before an upgrade, and after it. */
export const OLD = 'releases/1.0.0/program';
export const NEW = 'releases/2.0.0/program';

/** The folder of a hub that runs as a service, for the rules of an upgrade: its programs are only names. */
export interface ToyHub {
  project: string;
  data: string;
  database: string;
}

/** @param project an empty folder */
export function toyHubIn(project: string): ToyHub {
  const data = join(project, 'data');
  return { project, data, database: join(data, 'hub.db') };
}

export async function makeToyHub(project: string): Promise<ToyHub> {
  const hub = toyHubIn(project);
  mkdirSync(hub.data, { recursive: true });
  for (const program of [OLD, NEW]) mkdirSync(join(project, program), { recursive: true });
  symlinkSync(OLD, join(project, 'program'));
  const db = new SqliteDatabase(hub.database);
  db.exec('create table written (text text)');
  db.close();
  writeFileSync(told(hub), '');
  await toyService(hub).start(0);
  return hub;
}

/**
 * Runs a toy in the place of the hub: at each start it writes down a message, as people's messages are, and the new one
 * changes the schema, which the old one then can't read.
 * @param newWorks whether the new one ever is ready
 */
export function toyService(hub: ToyHub, newWorks = true): Service {
  const active = join(hub.project, 'active');
  return {
    isActive: async () => existsSync(active),
    stop: async () => rmSync(active, { force: true }),
    async start() {
      if (existsSync(active)) return;
      const program = linked(hub);
      const db = new SqliteDatabase(hub.database, { fileMustExist: true });
      try {
        if (program === NEW) db.exec('create table if not exists made_by_new (id integer)');
        else if (isMigrated(db)) throw new Error('The database is newer than this program.');
        const text = `${program} ${readTold(hub).length}`;
        db.prepare('insert into written values (?)').run(text);
        appendFileSync(told(hub), `${text}\n`);
      } finally {
        db.close();
      }
      writeFileSync(active, '');
    },
    isReady: async () => existsSync(active) && (newWorks || linked(hub) === OLD),
  };
}

export function linked({ project }: ToyHub): string {
  return readlinkSync(join(project, 'program'));
}

/** The messages whose arrival was confirmed. */
export function readTold(hub: ToyHub): string[] {
  return readFileSync(told(hub), 'utf8').split('\n').filter(Boolean);
}

/** What a database has, as far as it is there. */
export function readToyDatabase(file: string): { migrated: boolean; written: string[] } {
  if (!existsSync(file)) return { migrated: false, written: [] };
  const db = new SqliteDatabase(file);
  try {
    const written = db.prepare('select text from written order by rowid').pluck().all() as string[];
    return { migrated: isMigrated(db), written };
  } finally {
    db.close();
  }
}

function told({ project }: ToyHub): string {
  return join(project, 'told');
}

function isMigrated(db: SqliteDatabase.Database): boolean {
  return db.prepare("select count(*) from sqlite_schema where name = 'made_by_new'").pluck().get() === 1;
}
