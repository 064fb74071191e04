import { constants, existsSync } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { migrationStatus } from '../../db/migrate.ts';
import { type Database, openDatabase } from '../../db/open.ts';
import { damageOf } from '../../db/quick-check.ts';
import { say, told } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';

type DatabaseConfig = Pick<Config, 'DATABASE_URL' | 'DATABASE_DURABILITY'>;

/** A page of the database. */
const TRIAL_BYTES = 4096;

/** The file of a SQLite database; undefined for PostgreSQL. */
export function sqlitePath(url: string): string | undefined {
  return /^sqlite:(.+)$/.exec(url)?.[1];
}

/**
 * Whether the database can be opened and written, has this program's schema, and, of SQLite, is whole.
 * @param look gets the database if it has no fault
 */
export async function checkDatabase(
  config: DatabaseConfig,
  look: (db: Database) => Promise<Finding[]>,
): Promise<Finding[]> {
  const { ok, warning, fault, skipped } = findings('database');
  const path = sqlitePath(config.DATABASE_URL);
  const found: Finding[] = [];
  if (config.DATABASE_DURABILITY === 'normal') {
    found.push(
      warning(
        say`DATABASE_DURABILITY is normal: a power cut may lose the last moments.`,
        say`Set DATABASE_DURABILITY=full.`,
      ),
    );
  }
  if (path !== undefined) {
    const unwritable = await unwritablePart(path);
    if (unwritable !== undefined) {
      const { part, code } = unwritable;
      return [...found, fault(say`${part} can't be written (${code}).`, remedyOf(code, dirname(path)))];
    }
    // Looking must not make it.
    if (!existsSync(path)) return [...found, skipped(say`${path} does not exist yet; the first start makes it.`)];
  }
  let db: Database | undefined;
  try {
    db = openDatabase(config);
    const { waiting, unknown } = await migrationStatus(db);
    if (unknown.length > 0) {
      const what = say`A newer version of the hub wrote this database (${unknown.join(', ')}).`;
      return [...found, fault(what, say`Install that version, or a later one.`)];
    }
    if (waiting.length > 0) {
      const what = say`The schema is old; still to be applied: ${waiting.join(', ')}.`;
      return [...found, fault(what, say`npx valletpv-hub migrate, or restart the hub.`)];
    }
    await db.transact((tx) => tx.kysely.selectFrom('settings').select('key').limit(1).execute());
    const damage = path === undefined ? [] : damageOf(path);
    if (damage.length > 0) {
      return [
        ...found,
        fault(
          say`The database is damaged: ${damage.join('; ')}`,
          say`Keep the file, stop the hub, and restore the last good copy: npx valletpv-hub restore <copy>`,
        ),
      ];
    }
    return [...found, ok(say`The database answers, and its schema is this program's.`), ...(await look(db))];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [...found, fault(told(reason), say`Check DATABASE_URL, and that the database runs and lets this user in.`)];
  } finally {
    await db?.close();
  }
}

/** What mends a file that can't be written; a right that is missing is no remedy for a full disk. */
function remedyOf(code: string, folder: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return say`Make room on the disk of ${folder}.`;
    case 'EROFS':
      return say`Mount the disk of ${folder} so that it can be written.`;
    default:
      return say`Give it to the user that runs the hub: chown -R <user> ${folder}`;
  }
}

/** Which part of a SQLite database can't be written, and why; found out by writing beside it. */
async function unwritablePart(path: string): Promise<{ part: string; code: string } | undefined> {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  for (const part of [path, `${path}-wal`]) {
    const refused = existsSync(part) ? await access(part, constants.W_OK).then(noFault, codeOf) : undefined;
    if (refused !== undefined) return { part, code: refused };
  }
  const trial = join(folder, `.doctor-${process.pid}`);
  const refused = await writeFile(trial, Buffer.alloc(TRIAL_BYTES), { flag: 'wx', mode: 0o600, flush: true }).then(
    noFault,
    codeOf,
  );
  await rm(trial, { force: true }).catch(() => {});
  return refused === undefined ? undefined : { part: folder, code: refused };
}

function noFault(): undefined {}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
