import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { HubError } from '../../errors.ts';

/** A row as it came: SQLite's integers are bigint, and PostgreSQL says everything as text. */
export type RawRow = Readonly<Record<string, unknown>>;

/** The former service's database, which is only read. */
export interface DjangoSource {
  /** Names of a table's columns; empty if there is no such table. */
  columns(table: string): Promise<readonly string[]>;
  /** @param text a query without parameters that SQLite and PostgreSQL both take */
  rows(text: string): Promise<readonly RawRow[]>;
  close(): Promise<void>;
}

/** What the service with TPVs has, all of it … */
const OF_THE_HUB = ['webhook_tpvinstance', 'webhook_telegramuser', 'webhook_instruction'];
/** … and the one that only sent notifications with buttons. */
export const NOTIFICATIONS = 'webhook_token_callbacks';

/**
 * Opens the former service's database.
 * @param place a SQLite file, or `postgres://…`
 * @throws HubError `invalid_request` or `unavailable` with a sentence if it is not that
 */
export async function openDjango(place: string): Promise<DjangoSource> {
  const source = /^postgres(ql)?:\/\//.test(place) ? await openPostgres(place) : openSqlite(place);
  try {
    const has = async (table: string) => (await source.columns(table)).length > 0;
    for (const table of OF_THE_HUB) {
      if ((await has(table)) || (await has(NOTIFICATIONS))) continue;
      throw new HubError(
        'invalid_request',
        `That is not the former service's database: it has no table ${table}. Nothing was changed.`,
      );
    }
    return source;
  } catch (error) {
    await source.close();
    if (error instanceof HubError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HubError('invalid_request', `The former service's database can't be read (${reason}).`, { cause: error });
  }
}

/** The rows of a query on a table; none where there is no such table. */
export async function rowsOf(source: DjangoSource, table: string, text: string): Promise<readonly RawRow[]> {
  return (await source.columns(table)).length === 0 ? [] : source.rows(text);
}

function openSqlite(file: string): DjangoSource {
  let db: SqliteDatabase.Database;
  try {
    db = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HubError('unavailable', `The former service's database ${file} can't be opened (${reason}).`, { cause });
  }
  return {
    columns: async (table) => db.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(table),
    rows: async (text) => db.prepare<[], RawRow>(text).safeIntegers().all(),
    async close() {
      db.close();
    },
  };
}

async function openPostgres(url: string): Promise<DjangoSource> {
  const asText = { getTypeParser: () => (text: string) => text } as pg.CustomTypesConfig;
  const client = new pg.Client({ connectionString: url, types: asText, application_name: 'valletpv import' });
  try {
    await client.connect();
    await client.query("set time zone 'UTC'");
    await client.query('begin read only');
  } catch (cause) {
    await client.end().catch(() => {});
    const first = cause instanceof AggregateError ? cause.errors[0] : cause;
    const reason = first instanceof Error ? first.message : String(first);
    throw new HubError('unavailable', `The former service's database can't be reached (${reason}).`, { cause });
  }
  return {
    async columns(table) {
      const { rows } = await client.query<{ name: string }>(
        'select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped',
        [table],
      );
      return rows.map(({ name }) => name);
    },
    rows: async (text) => (await client.query<RawRow>(text)).rows,
    close: () => client.end(),
  };
}
