import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Connection } from './connection.ts';
import type { Schema } from './schema.ts';

export type DialectName = 'sqlite' | 'postgres';

/** SQLite can take back a `create table`; a migration that dies half-way leaves nothing behind. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** A Kysely whose every query runs on `connection`. */
export function kyselyOver(connection: Connection, name: DialectName): Kysely<Schema> {
  const sqlite = name === 'sqlite';
  const dialect: Dialect = {
    createAdapter: () => (sqlite ? new TransactionalSqliteAdapter() : new PostgresAdapter()),
    createQueryCompiler: () => (sqlite ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
    createIntrospector: (db) => (sqlite ? new SqliteIntrospector(db) : new PostgresIntrospector(db)),
    createDriver: () => driverOver(connection),
  };
  return new Kysely<Schema>({ dialect });
}

function driverOver(connection: Connection): Driver {
  const shared: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await connection.execute(query.sql, query.parameters);
      // Kysely types rows by the query; the database is the one that knows.
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    // biome-ignore lint/correctness/useYield: pages are read by key; nothing here streams.
    async *streamQuery() {
      throw new Error('Reading in pages replaces streaming here.');
    },
  };
  return {
    init: async () => {},
    acquireConnection: async () => shared,
    releaseConnection: async () => {},
    beginTransaction: () => connection.begin('none'),
    async commitTransaction() {
      await connection.commit();
      await connection.durable?.();
    },
    rollbackTransaction: () => connection.rollback(),
    destroy: async () => {},
  };
}
