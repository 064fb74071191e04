import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { cli } from '../support/cli.ts';
import { freshDatabase, startHub } from '../support/hub.ts';

const ROWS = 3;

function fileOf(databaseUrl: string): string {
  return databaseUrl.slice('sqlite:'.length);
}

async function migrated(databaseUrl: string): Promise<void> {
  const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  await db.close();
}

interface Column {
  name: string;
  type: string;
}

/** The tables as the database itself has them, so that those of later migrations are among them. */
function tablesOf(db: SqliteDatabase.Database): Map<string, Column[]> {
  const names = db
    .prepare<[], string>("select name from sqlite_schema where type = 'table'")
    .pluck()
    .all()
    .filter((name) => !/^(sqlite_|kysely_)/.test(name));
  const columns = db.prepare<[string], Column>('select name, type from pragma_table_info(?)');
  return new Map(names.map((name) => [name, columns.all(name)]));
}

/** Fills every table with a few rows that refer to each other, with all that columns of their type may hold. */
function fill(db: SqliteDatabase.Database): void {
  db.pragma('foreign_keys = OFF');
  for (const [table, columns] of tablesOf(db)) {
    const references = new Map(
      db
        .prepare<[string], { from: string; table: string; to: string }>(
          'select "from", "table", "to" from pragma_foreign_key_list(?)',
        )
        .all(table)
        .map((key) => [key.from, key]),
    );
    const value = (of: string, column: Column, i: number): unknown => {
      const key = references.get(column.name);
      if (key !== undefined && of === table) return value(key.table, { ...column, name: key.to }, i);
      switch (column.type.toLowerCase()) {
        case 'blob':
          return Buffer.from([i, 0, 255, 128]);
        // PostgreSQL's integer is narrower than SQLite's; but for the row numbers, those are flags and counts.
        case 'integer':
          return column.name === 'seq' ? 9_007_199_254_740_000 + i : i;
        case 'bigint':
          return 9_007_199_254_740_000 + i;
        case 'double precision':
          return i + 0.1;
        default:
          return `${of}.${column.name} ${i} «ñ» 🍕 \\u0000 \\ " ' {}\n`;
      }
    };
    const insert = db.prepare(
      `insert into ${table} (${columns.map(({ name }) => `"${name}"`)}) values (${columns.map(() => '?')})`,
    );
    for (let i = 1; i <= ROWS; i++) {
      insert.run(columns.map((column) => value(table, column, i)));
    }
  }
}

/** A database with something in every table. */
async function filled(): Promise<string> {
  const databaseUrl = await freshDatabase('sqlite');
  await migrated(databaseUrl);
  const db = new SqliteDatabase(fileOf(databaseUrl));
  fill(db);
  db.close();
  return databaseUrl;
}

async function onPostgres(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

function rowsIn(file: string): Map<string, unknown[]> {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return new Map(
      [...tablesOf(db).keys()].map((name) => [name, db.prepare(`select * from ${name} order by 1, 2`).all()]),
    );
  } finally {
    db.close();
  }
}

/** A row as text: PostgreSQL's driver gives large numbers as text. */
function asText(rows: readonly unknown[]): string[] {
  const plain = (value: unknown) =>
    Buffer.isBuffer(value) ? value.toString('hex') : value === null ? null : String(value);
  return rows
    .map((row) => Object.entries(row as object).map(([name, value]) => `${name}=${JSON.stringify(plain(value))}`))
    .map((fields) => fields.toSorted().join())
    .toSorted();
}

function move(databaseUrl: string, target: string) {
  return cli({ databaseUrl }, ['migrate', '--to', '-', '--json'], { input: `${target}\n` });
}

describe('moving to PostgreSQL', () => {
  test('brings every row of every table over, and new rows get new numbers', async () => {
    const databaseUrl = await filled();
    const target = await freshDatabase('postgres');
    const { code, stdout, stderr } = await move(databaseUrl, target);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const tables = rowsIn(fileOf(databaseUrl));
    expect(tables.size).toBeGreaterThanOrEqual(10);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ already: false, rows: tables.size * ROWS });
    expect(said.tables.map((one: { table: string }) => one.table).toSorted()).toEqual([...tables.keys()].toSorted());
    const client = await onPostgres(target);
    for (const [name, rows] of tables) {
      expect(rows).toHaveLength(ROWS);
      const there = await client.query(`select * from ${name}`);
      expect(asText(there.rows), name).toEqual(asText(rows));
    }
    const { rows } = await client.query(
      "insert into telegram_updates (kind, outcome, received_at) values ('x', 'kept', 1) returning seq",
    );
    expect(Number(rows[0].seq)).toBe(9_007_199_254_740_000 + ROWS + 1);
    const strict = await client.query("select count(*) from pg_constraint where contype = 'f' and condeferrable");
    expect(Number(strict.rows[0].count)).toBe(0);
  });

  test('numbers go on also where the last rows are gone', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    await migrated(databaseUrl);
    const db = new SqliteDatabase(fileOf(databaseUrl));
    const insert = db.prepare("insert into telegram_updates (kind, outcome, received_at) values ('x', 'kept', 1)");
    for (let i = 0; i < 5; i++) insert.run();
    db.exec('delete from telegram_updates');
    db.close();
    const target = await freshDatabase('postgres');
    expect((await move(databaseUrl, target)).code).toBe(0);
    const client = await onPostgres(target);
    const { rows } = await client.query(
      "insert into telegram_updates (kind, outcome, received_at) values ('x', 'kept', 1) returning seq",
    );
    expect(Number(rows[0].seq)).toBe(6);
  });

  test('a hub goes on there with what it had', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    await hub.close();
    const target = await freshDatabase('postgres');
    expect((await move(hub.databaseUrl, target)).code).toBe(0);
    const moved = await startHub({ databaseUrl: target });
    await moved.message(1, 'Hola');
    await moved.message(2, 'Adiós');
    const headers = { authorization: `ApiKey ${tpv.key}` };
    const { body } = await moved.fetch('/api/tpv/instructions/', { headers });
    expect(body.instructions.map((one: { payload: { text: string } }) => one.payload.text)).toEqual(['Hola', 'Adiós']);
  });

  test('again it changes nothing, and a database that holds something else is refused', async () => {
    const databaseUrl = await filled();
    const target = await freshDatabase('postgres');
    expect((await move(databaseUrl, target)).code).toBe(0);
    const again = await move(databaseUrl, target);
    expect(JSON.parse(again.stdout)).toMatchObject({ already: true });
    const client = await onPostgres(target);
    await client.query("insert into settings values ('later', '1')");
    const refused = await move(databaseUrl, target);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not empty') });
    expect((await client.query('select count(*) from telegram_users')).rows).toEqual([{ count: String(ROWS) }]);

    const foreign = await freshDatabase('postgres');
    const other = await onPostgres(foreign);
    await other.query('create table shopping (item text)');
    expect(await move(databaseUrl, foreign)).toMatchObject({ code: 1, stderr: expect.stringContaining('shopping') });
    const left = await other.query("select relname from pg_class where relnamespace = 'public'::regnamespace");
    expect(left.rows).toEqual([{ relname: 'shopping' }]);
  });

  test('what fails half-way leaves nothing, and the next try succeeds', async () => {
    const databaseUrl = await filled();
    const db = new SqliteDatabase(fileOf(databaseUrl));
    // SQLite takes it; a PostgreSQL integer does not.
    db.exec("update tpv_instances set max_users = 'many' where rowid = 1");
    db.close();
    const target = await freshDatabase('postgres');
    const failed = await move(databaseUrl, target);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('did not take rows of tpv_instances') });
    const client = await onPostgres(target);
    for (const name of rowsIn(fileOf(databaseUrl)).keys()) {
      expect((await client.query(`select count(*) from ${name}`)).rows, name).toEqual([{ count: '0' }]);
    }
    const mended = new SqliteDatabase(fileOf(databaseUrl));
    mended.exec('update tpv_instances set max_users = 5 where rowid = 1');
    mended.close();
    expect((await move(databaseUrl, target)).code).toBe(0);
  });

  test('a NUL becomes U+FFFD, and it is said; broken text never stops it', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    await migrated(databaseUrl);
    const db = new SqliteDatabase(fileOf(databaseUrl));
    db.prepare('insert into settings values (?, ?)').run('nul', 'a\0b');
    // Half of a surrogate pair, as bytes that are no UTF-8.
    db.exec("insert into settings values ('surrogate', cast(x'61eda080' as text))");
    db.close();
    const target = await freshDatabase('postgres');
    const { code, stdout } = await move(databaseUrl, target);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).tables).toContainEqual({ table: 'settings', rows: 2, changed: 1 });
    const client = await onPostgres(target);
    const { rows } = await client.query("select value from settings where key = 'nul'");
    expect(rows).toEqual([{ value: 'a\uFFFDb' }]);
  });

  test('is refused while a hub runs on either side', async () => {
    const hub = await startHub();
    const target = await freshDatabase('postgres');
    const here = await move(hub.databaseUrl, target);
    expect(here).toMatchObject({ code: 69, stderr: expect.stringContaining('is in use') });
    const other = await startHub({ database: 'postgres' });
    const there = await move(await filled(), other.databaseUrl);
    expect(there).toMatchObject({ code: 69, stderr: expect.stringContaining('A hub runs on the PostgreSQL') });
    expect((await hub.message(1, 'Hola')).status).toBe(200);
  });

  test('takes no password from the command line, and shows none', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    const secret = 'postgres://hub:hidden@127.0.0.1:9/hub';
    const runs = [
      { args: ['migrate', '--to', secret], code: 64 },
      { args: ['migrate', '--to', '-'], code: 64, input: '' },
      { args: ['migrate', '--to', '-'], code: 64, input: 'mysql://hub:hidden@db/hub' },
      { args: ['migrate', '--to', '-', '--status'], code: 64 },
      { args: ['migrate', '--to', '-'], code: 69, input: secret },
    ];
    await migrated(databaseUrl);
    for (const { args, code, input } of runs) {
      const result = await cli({ databaseUrl }, args, input === undefined ? {} : { input });
      expect({ args, code: result.code, stdout: result.stdout }).toEqual({ args, code, stdout: '' });
      expect(result.stderr).not.toContain('hidden');
    }
    const wrong = await cli({ databaseUrl: 'postgres://x@127.0.0.1:9/x' }, ['migrate', '--to', '-'], { input: secret });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('PostgreSQL already') });
    const none = await cli({ databaseUrl: 'sqlite:/nowhere/hub.db' }, ['migrate', '--to', '-'], { input: secret });
    expect(none).toMatchObject({ code: 69, stderr: expect.stringContaining('There is no database') });
  });
});
