import { existsSync } from 'node:fs';
import type SqliteDatabase from 'better-sqlite3';
import type pg from 'pg';
import { holdDatabase } from '../../db/hold.ts';
import { migrate, migrationStatus } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { HubError } from '../../errors.ts';
import { Fingerprint, type Value } from './fingerprint.ts';
import { columnsOf, countOf, lastNumberOf, rowsOf, tablesOf } from './source.ts';
import {
  connect,
  continueNumbers,
  deferForeignKeys,
  fingerprintOf,
  insertRows,
  isServed,
  type TargetTable,
  targetTables,
} from './target.ts';

/** Rows of one statement, and characters and bytes of their values. */
const BATCH_ROWS = 1_000;
const BATCH_SIZE = 4_000_000;

export interface MoveOptions {
  /** The SQLite database's file. */
  source: string;
  /** `postgres://…` */
  target: string;
  /** @param share of all rows, 0 to 1 */
  onProgress?(share: number): void;
  /** What must be there together with the rows: called once both sides agree, and before the commit. */
  beforeCommit?(): Promise<void>;
}

export interface MovedTable {
  table: string;
  rows: number;
  /** Texts in which a NUL, which PostgreSQL can't hold, became U+FFFD. */
  changed: number;
}

export interface Moved {
  tables: MovedTable[];
  /** The target held all of this already; nothing was written. */
  already: boolean;
}

/**
 * Copies every table of a SQLite database to an empty PostgreSQL database. All rows go in one transaction, and both
 * sides are read and compared before it ends: when anything fails, or the process dies, the target is as empty as
 * before, and this can be called again. Called again after it succeeded, it compares and changes nothing.
 * @throws HubError with a sentence: `unavailable` if one of them is in use or can't be reached, `invalid_request`
 * if the target holds something else
 */
export async function moveToPostgres({ source, target, onProgress, beforeCommit }: MoveOptions): Promise<Moved> {
  await requireCurrent(source);
  const client = await connect(target);
  let held: SqliteDatabase.Database | undefined;
  try {
    if (await isServed(client)) {
      throw new HubError('unavailable', 'A hub runs on the PostgreSQL database: stop it, and try again.');
    }
    await prepare(client, target);
    held = holdDatabase(source);
    await client.query('begin');
    const moved = await copyAll(held, client, onProgress);
    await beforeCommit?.();
    await client.query('commit');
    return moved;
  } finally {
    // Ending the connection takes back what was not committed.
    await client.end();
    held?.close();
  }
}

/** The source has the schema of this program, no more and no less. */
async function requireCurrent(source: string): Promise<void> {
  if (!existsSync(source)) throw new HubError('unavailable', `There is no database at ${source}: check DATABASE_URL.`);
  const db = openDatabase({ DATABASE_URL: `sqlite:${source}`, DATABASE_DURABILITY: 'full' });
  try {
    const { waiting, unknown } = await migrationStatus(db);
    if (waiting.length + unknown.length === 0) return;
    throw new HubError(
      'unavailable',
      unknown.length > 0
        ? `${source} is newer than this program: use the version of the hub that wrote it.`
        : `${source} is not up to date: run "npx valletpv-hub migrate" first.`,
    );
  } finally {
    await db.close();
  }
}

/** Makes the hub's tables in the target. */
async function prepare(client: pg.Client, target: string): Promise<void> {
  const names = (await targetTables(client)).map(({ name }) => name);
  const { rows } = await client.query("select to_regclass('kysely_migration') as made");
  if (rows[0]?.made === null && names.length > 0) throw foreign(`it has the tables ${names.slice(0, 5).join(', ')}`);
  const db = openDatabase({ DATABASE_URL: target, DATABASE_DURABILITY: 'full' });
  try {
    await migrate(db);
  } finally {
    await db.close();
  }
}

async function copyAll(
  source: SqliteDatabase.Database,
  client: pg.Client,
  onProgress: MoveOptions['onProgress'],
): Promise<Moved> {
  const tables = pairTables(source, await targetTables(client));
  for (const { name } of tables) await client.query(`lock table "${name}" in access exclusive mode`);
  const filled = await firstFilled(client, tables);
  const total = tables.reduce((sum, { name }) => sum + countOf(source, name), 0);
  let done = 0;
  const tick = (rows: number) => {
    done += rows;
    // Reading it all once more takes about as long again.
    onProgress?.(total === 0 ? 1 : done / (2 * total));
  };
  const restrict = filled === undefined ? await deferForeignKeys(client) : undefined;
  const moved: MovedTable[] = [];
  for (const table of tables) {
    const write = filled === undefined ? (rows: readonly Value[][]) => insertRows(client, table, rows) : undefined;
    const { fingerprint, changed } = await readTable(source, table, write, tick);
    const there = await fingerprintOf(client, table);
    tick(there.rows);
    if (!fingerprint.equals(there)) {
      if (filled !== undefined) throw foreign(`${filled} has rows, and ${table.name} is not as here`);
      throw new Error(`${table.name} did not arrive as it was (${fingerprint.rows} rows, ${there.rows} arrived).`);
    }
    if (filled === undefined) await continueNumbers(client, table, lastNumberOf(source, table.name));
    moved.push({ table: table.name, rows: fingerprint.rows, changed });
  }
  await restrict?.();
  return { tables: moved, already: filled !== undefined };
}

/** Every table of the source, with the same columns as in the target. */
function pairTables(source: SqliteDatabase.Database, targets: readonly TargetTable[]): TargetTable[] {
  return tablesOf(source).map((name) => {
    const columns = columnsOf(source, name);
    const table = targets.find((one) => one.name === name);
    const there = table?.columns.map((column) => column.name) ?? [];
    if (table === undefined || columns.toSorted().join() !== there.toSorted().join()) {
      throw new Error(`The table ${name} differs between both databases: (${columns}) here, (${there}) there.`);
    }
    return table;
  });
}

async function firstFilled(client: pg.Client, tables: readonly TargetTable[]): Promise<string | undefined> {
  for (const { name } of tables) {
    const { rows } = await client.query(`select 1 from "${name}" limit 1`);
    if (rows.length > 0) return name;
  }
  return undefined;
}

async function readTable(
  source: SqliteDatabase.Database,
  table: TargetTable,
  write: ((rows: readonly Value[][]) => Promise<void>) | undefined,
  tick: (rows: number) => void,
): Promise<{ fingerprint: Fingerprint; changed: number }> {
  const fingerprint = new Fingerprint();
  let changed = 0;
  let batch: Value[][] = [];
  let size = 0;
  const flush = async () => {
    if (batch.length > 0) await write?.(batch).catch((error) => Promise.reject(refusal(table.name, error)));
    tick(batch.length);
    batch = [];
    size = 0;
  };
  const columns = table.columns.map(({ name }) => name);
  for (const row of rowsOf(source, table.name, columns)) {
    fingerprint.add(row.values);
    changed += row.changed;
    batch.push(row.values);
    for (const value of row.values) size += value?.length ?? 0;
    if (batch.length >= BATCH_ROWS || size >= BATCH_SIZE) await flush();
  }
  await flush();
  return { fingerprint, changed };
}

function refusal(table: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`PostgreSQL did not take rows of ${table} (${reason}); nothing was written.`, { cause });
}

function foreign(what: string): HubError {
  return new HubError(
    'invalid_request',
    `The PostgreSQL database is not empty (${what}), and nothing was changed: give one that was just made (createdb).`,
  );
}
