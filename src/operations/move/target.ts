import pg from 'pg';
import { HubError } from '../../errors.ts';
import { Fingerprint, type Value } from './fingerprint.ts';
import { BOOKKEEPING, quoted } from './source.ts';

const OID = { bytea: 17, float4: 700, float8: 701 } as const;
/** Rows read at a time. */
const READ_ROWS = 1_000;

/** Values as the source has them: numbers stay text, so that none is rounded. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === OID.bytea) return pg.types.getTypeParser(oid, format);
    if (oid === OID.float4 || oid === OID.float8) return (text: string) => String(Number(text));
    return (text: string) => text;
  },
};

export interface TargetTable {
  name: string;
  columns: { name: string; type: string }[];
}

/**
 * Connects to a PostgreSQL database.
 * @throws HubError `unavailable` with a sentence that does not hold the address
 */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, types, application_name: 'valletpv-hub migrate' });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    const first = cause instanceof AggregateError ? cause.errors[0] : cause;
    const reason = first instanceof Error ? first.message : String(first);
    throw new HubError('unavailable', `The PostgreSQL database can't be reached (${reason}): check its address.`, {
      cause,
    });
  }
}

/** The tables of the current schema. */
export async function targetTables(client: pg.Client): Promise<TargetTable[]> {
  const { rows } = await client.query<{ name: string; column: string; type: string }>(
    `select c.relname as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
       and a.attnum > 0 and not a.attisdropped
     order by c.relname, a.attnum`,
  );
  const tables = new Map<string, TargetTable>();
  for (const { name, column, type } of rows) {
    const table = tables.get(name) ?? { name, columns: [] };
    table.columns.push({ name: column, type });
    tables.set(name, table);
  }
  return [...tables.values()].filter(({ name }) => !BOOKKEEPING.includes(name));
}

/** Whether a hub has this database open. */
export async function isServed(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from pg_stat_activity
     where datname = current_database() and application_name like 'valletpv-hub%' and pid <> pg_backend_pid() limit 1`,
  );
  return rows.length > 0;
}

/**
 * Lets rows come in any order until the transaction's end, even if tables refer to each other or to themselves.
 * @returns checks what was put off, and makes the database as strict as before
 */
export async function deferForeignKeys(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ table: string; name: string }>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name from pg_constraint
     where contype = 'f' and not condeferrable and connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of rows) {
    await client.query(`alter table ${table} alter constraint ${name} deferrable initially deferred`);
  }
  return async () => {
    await client.query('set constraints all immediate');
    for (const { table, name } of rows) {
      await client.query(`alter table ${table} alter constraint ${name} not deferrable`);
    }
  };
}

/** Writes rows in one statement. */
export async function insertRows(client: pg.Client, table: TargetTable, rows: readonly Value[][]): Promise<void> {
  const names = table.columns.map(({ name }) => quoted(name)).join(', ');
  const lists = table.columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ');
  const values = table.columns.map((_, i) => rows.map((row) => row[i] ?? null));
  await client.query({
    name: `into ${table.name}`.slice(0, 63),
    text: `insert into ${quoted(table.name)} (${names}) select * from unnest(${lists})`,
    values,
  });
}

/** Reads a table through, inside a transaction. */
export async function fingerprintOf(client: pg.Client, table: TargetTable): Promise<Fingerprint> {
  const found = new Fingerprint();
  const names = table.columns.map(({ name }) => quoted(name)).join(', ');
  await client.query(`declare reading no scroll cursor for select ${names} from ${quoted(table.name)}`);
  for (;;) {
    const { rows } = await client.query<Value[]>({ text: `fetch ${READ_ROWS} from reading`, rowMode: 'array' });
    for (const row of rows) found.add(row);
    if (rows.length < READ_ROWS) break;
  }
  await client.query('close reading');
  return found;
}

/** Has the table's growing numbers go on after the greatest that was ever given out. */
export async function continueNumbers(client: pg.Client, table: TargetTable, last: number): Promise<void> {
  for (const { name } of table.columns) {
    const { rows } = await client.query<{ sequence: string | null }>(
      'select pg_get_serial_sequence($1, $2) as sequence',
      [quoted(table.name), name],
    );
    const sequence = rows[0]?.sequence;
    if (sequence == null) continue;
    await client.query(
      `select setval($1, n) from (select greatest($2::bigint, max(${quoted(name)})) as n from ${quoted(table.name)}) as t where n > 0`,
      [sequence, last],
    );
  }
}
