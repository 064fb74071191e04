import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';

/** The database of a hub that is disturbed, as a program beside it sees it. */
export interface ChaosDatabase {
  readonly url: string;
  /** The number that a query gives. */
  count(query: string): Promise<number>;
  integrity(): Promise<string>;
  /** Cuts the connections that the hub has, in the middle of whatever it does. Absent: there are none. */
  cut?(): Promise<void>;
  /** Takes it away. */
  end(): Promise<void>;
}

export function sqliteForChaos(): ChaosDatabase {
  const dir = mkdtempSync(join(tmpdir(), 'hub-chaos-'));
  const file = join(dir, 'hub.db');
  const read = <T>(look: (db: SqliteDatabase.Database) => T): T => {
    const db = new SqliteDatabase(file, { readonly: true });
    try {
      return look(db);
    } finally {
      db.close();
    }
  };
  return {
    url: `sqlite:${file}`,
    count: async (query) => read((db) => Number(db.prepare(query).pluck().get())),
    integrity: async () => read((db) => String(db.pragma('integrity_check', { simple: true }))),
    end: async () => rmSync(dir, { recursive: true, force: true }),
  };
}

export async function postgresForChaos(): Promise<ChaosDatabase> {
  const server = await startPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return {
    url: server.url,
    async count(query) {
      const { rows } = await client.query({ text: query, rowMode: 'array' });
      return Number(rows[0]?.[0]);
    },
    // It checks each page that it reads by itself.
    integrity: async () => 'ok',
    async cut() {
      await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'valletpv-hub%'",
      );
    },
    async end() {
      await client.end();
      await server.stop();
    },
  };
}
