import { type AuditEntry, audit } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import { readDatabaseConfig } from '../config/config.ts';
import { raiseWorkEpoch } from '../db/epoch.ts';
import { migrationStatus } from '../db/migrate.ts';
import { type Database, openDatabase, type Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { Input } from './command.ts';
import { say } from './language/say.ts';
import { localTime } from './local-time.ts';

/** The database and what it takes to change something in it. */
export interface Desk {
  db: Database;
  now(): number;
  /** A time as the operator reads it, in TIME_ZONE. */
  timeOf(ms: number): string;
  /** Changes something, and writes down who did: `entry` is made from what `change` gave. */
  change<T>(change: (tx: Tx) => Promise<T>, entry: (done: T) => Omit<AuditEntry, 'actor'>): Promise<T>;
}

/**
 * Runs a command on the database, which works while the hub runs.
 * @throws ConfigError, HubError `unavailable` if the database can't be opened or has an old schema
 */
export async function withDatabase<T>(env: Input['env'], run: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(readDatabaseConfig(env));
  try {
    if ((await migrationStatus(db)).waiting.length > 0) {
      throw new HubError('unavailable', say`The database is not up to date: run "npx valletpv-hub migrate" first.`);
    }
    return await run(db);
  } finally {
    await db.close();
  }
}

/** The same, for commands that change what TPVs and people have. */
export function atDesk<T>(env: Input['env'], run: (desk: Desk) => Promise<T>): Promise<T> {
  const clock = systemClock();
  const now = () => clock.now();
  const { TIME_ZONE: timeZone } = readDatabaseConfig(env);
  return withDatabase(env, (db) =>
    run({
      db,
      now,
      timeOf: (ms) => localTime(ms, timeZone),
      change: (change, entry) =>
        db.transact(async (tx) => {
          const done = await change(tx);
          await audit(tx, { ...entry(done), actor: 'cli' }, now());
          // A hub that runs meanwhile hands out what this may have made ready.
          await raiseWorkEpoch(tx);
          return done;
        }),
    }),
  );
}
