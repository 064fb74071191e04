import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
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
  /** Cuts them, and lets no new one in for so long. */
  lockOut?(ms: number): Promise<void>;
  /** Holds a table alone for so long. */
  lockTable?(table: string, ms: number): Promise<void>;
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

export async function postgresForChaos(): Promise<Required<ChaosDatabase>> {
  const server = await startPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const letIn = async (all: boolean) => {
    // Of the database that one is connected to it can't be said.
    const other = new pg.Client({
      connectionString: Object.assign(new URL(server.url), { pathname: '/template1' }).href,
    });
    await other.connect();
    await other.query(`alter database ${client.database} with allow_connections ${all}`).finally(() => other.end());
  };
  const cut = async () => {
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'valletpv-hub%'",
    );
  };
  return {
    url: server.url,
    async count(query) {
      const { rows } = await client.query({ text: query, rowMode: 'array' });
      return Number(rows[0]?.[0]);
    },
    // It checks each page that it reads by itself.
    integrity: async () => 'ok',
    cut,
    async lockOut(ms) {
      await letIn(false);
      await cut();
      await pause(ms);
      await letIn(true);
    },
    async lockTable(table, ms) {
      const holder = new pg.Client({ connectionString: server.url });
      await holder.connect();
      await holder.query(`begin; lock table ${table} in access exclusive mode`);
      await pause(ms);
      await holder.end();
    },
    async end() {
      await client.end();
      await server.stop();
    },
  };
}
