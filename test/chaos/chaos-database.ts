import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { type PostgresOptions, startPostgres } from '../support/postgres.ts';

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

/**
 * @param parent the folder that gets one for it
 * @returns also the path of its file
 */
export function sqliteForChaos(parent = tmpdir()): ChaosDatabase & { file: string } {
  const dir = mkdtempSync(join(parent, 'hub-chaos-'));
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
    file,
    url: `sqlite:${file}`,
    count: async (query) => read((db) => Number(db.prepare(query).pluck().get())),
    integrity: async () => read((db) => String(db.pragma('integrity_check', { simple: true }))),
    end: async () => rmSync(dir, { recursive: true, force: true }),
  };
}

/**
 * @param options of the server
 * @returns also whether the server runs, if only to recover; what starts it again where it ended by itself; what ends its
 *   processes at once, and starts it again; and what cuts the connections over which hubs hear hints
 */
export async function postgresForChaos(options: PostgresOptions = {}) {
  const server = await startPostgres(options);
  /** Each on a connection of its own, as the server may be ended meanwhile. */
  const run = async (query: string, url = server.url) => {
    const client = new pg.Client({ connectionString: url });
    // The query that runs fails with the connection.
    client.on('error', () => {});
    await client.connect();
    return client.query({ text: query, rowMode: 'array' }).finally(() => client.end());
  };
  /** In another database: the hub's lets no connection in while it is locked, and none can lock its own. */
  const runBeside = (query: string) => run(query, Object.assign(new URL(server.url), { pathname: '/template1' }).href);
  const letIn = (all: boolean) =>
    runBeside(`alter database ${new URL(server.url).pathname.slice(1)} with allow_connections ${all}`);
  const cut = async () => {
    await runBeside(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'valletpv-hub%'",
    );
  };
  const database: Required<ChaosDatabase> = {
    url: server.url,
    count: async (query) => Number((await run(query)).rows[0]?.[0]),
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
    end: () => server.stop(),
  };
  const runs = () =>
    run('select 1').then(
      () => true,
      (cause: Error) => !('code' in cause && cause.code === 'ECONNREFUSED'),
    );
  const crash = async () => {
    const { rows } = await run("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)");
    process.kill(Number(rows[0]?.[0]), 'SIGQUIT');
    await server.start();
  };
  const deafen = () =>
    runBeside("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'valletpv-hub signals'");
  return { ...database, runs, startAgain: () => server.start(), crash, deafen };
}
