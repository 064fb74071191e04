import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { placeOf } from '../../src/operations/backup/postgres-tools.ts';
import { cli, cliProcess } from '../support/cli.ts';
import { testClock } from '../support/clock.ts';
import { freshDatabase, startHub } from '../support/hub.ts';
import { hasPostgres } from '../support/postgres.ts';
import { PROGRAMS_MS, shareOfTestMs } from '../support/within.ts';

const MINUTE_MS = 60_000;
/** 04:29 in Madrid. */
const EVENING = Date.UTC(2026, 10, 28, 3, 29);
const COPY = 'hub-2026-11-28T033000Z.dump';
/** Those of the server that the tests start; a machine whose server comes from npm has none. */
const hasTools = hasPostgres() && existsSync('/usr/lib/postgresql') && existsSync('/usr/bin/pg_dump');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hub-dump-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A folder with a program of this name, as a shell has it. */
function programs(name: string, script: string): string {
  const path = folder();
  writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, name), 0o755);
  return path;
}

async function rowsOf<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function updatesIn(url: string, schema = 'public'): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(url, `select update_id as id from ${schema}.telegram_updates order by 1`);
  return rows.map(({ id }) => Number(id));
}

async function keptSchemas(url: string): Promise<string[]> {
  const sql = `select nspname as name from pg_namespace where nspname like 'before_restore%'`;
  return (await rowsOf<{ name: string }>(url, sql)).map(({ name }) => name);
}

test('a program finds the database by an address without its password', () => {
  const { dbname, env } = placeOf('postgres://hub:s%40fe@db.example:5433/hub?sslmode=require&pool=3');
  expect(dbname).toBe('postgres://hub@db.example:5433/hub?sslmode=require');
  expect(env.PGPASSWORD).toBe('s@fe');
  expect(placeOf('postgres://hub@127.0.0.1/hub?ssl=true').dbname).toBe(
    'postgres://hub@127.0.0.1/hub?sslmode=verify-full',
  );
});

describe.runIf(hasPostgres())('without the programs of its version', () => {
  test('a copy says what to install, and leaves nothing', async () => {
    const databaseUrl = await freshDatabase('postgres', 'migrated');
    const to = folder();
    const missing = await cliProcess({ databaseUrl }, ['backup', join(to, 'copy')], { env: { PATH: folder() } });
    expect(missing).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(/^There is no pg_dump on this machine: /),
    });
    const old = programs('pg_dump', 'echo "pg_dump (PostgreSQL) 9.6.1"');
    const refused = await cliProcess({ databaseUrl }, ['backup', join(to, 'copy')], { env: { PATH: old } });
    expect(refused.stderr).toMatch(
      /^pg_dump is of version 9 and the server of \d\d: install the package postgresql-cl/,
    );
    expect(readdirSync(to)).toEqual([]);
  });
});

describe.runIf(hasTools)('a PostgreSQL with its own pg_dump', { timeout: PROGRAMS_MS }, () => {
  test('is copied each night, and a copy comes back by its name; what was there stays as a schema', async () => {
    const clock = testClock(EVENING);
    const databaseUrl = await freshDatabase('postgres', 'migrated');
    const dir = join(folder(), 'backups');
    const hub = await startHub({ databaseUrl, clock, env: { BACKUP_DIR: dir } });
    await hub.message(1, 'Hola');
    await clock.advance(MINUTE_MS);
    const gauge = /^hub_backup_bytes (\d+)$/m;
    const made = await vi.waitFor(
      async () => {
        const { body } = await hub.fetch('/metrics');
        expect(body).toMatch(gauge);
        return Number(gauge.exec(String(body))?.[1]);
      },
      { timeout: shareOfTestMs() },
    );
    expect(readdirSync(dir)).toEqual([COPY]);
    expect(statSync(join(dir, COPY))).toMatchObject({ size: made, mode: 0o100600 });
    const env = { BACKUP_DIR: dir };

    await hub.message(2, 'Otra');
    const served = await cli({ databaseUrl }, ['restore', COPY], { env });
    expect(served).toMatchObject({ code: 69, stderr: expect.stringContaining('A hub runs on the PostgreSQL') });
    await hub.close();
    const restored = await cli({ databaseUrl }, ['restore', COPY], { env });
    expect(restored).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(join(dir, COPY)) });
    const [kept = ''] = await keptSchemas(databaseUrl);
    expect([await updatesIn(databaseUrl), await updatesIn(databaseUrl, kept)]).toEqual([[1], [1, 2]]);

    // It serves again, and its next copy has nothing of what was kept.
    const again = await startHub({ databaseUrl });
    await again.message(3, 'Sigo');
    await again.close();
    const next = join(dir, 'next.dump');
    expect(await cliProcess({ databaseUrl }, ['backup', next])).toMatchObject({ code: 0, stderr: '' });
    expect(await cli({ databaseUrl }, ['restore', next])).toMatchObject({ code: 0, stderr: '' });
    expect(await updatesIn(databaseUrl)).toEqual([1, 3]);
  });

  test('keeps all that it has where a copy is damaged, or can not be brought back', async () => {
    const databaseUrl = await freshDatabase('postgres', 'migrated');
    const copy = join(folder(), 'copy.dump');
    expect(await cliProcess({ databaseUrl }, ['backup', copy])).toMatchObject({ code: 0, stderr: '' });
    expect((await cliProcess({ databaseUrl }, ['backup', copy])).stderr).toContain('is there already');
    const fails = programs(
      'pg_restore',
      'case "$*" in *--single-transaction*) echo broken >&2; exit 1;; esac; PATH=/usr/bin:/bin; exec pg_restore "$@"',
    );
    const failed = await cliProcess({ databaseUrl }, ['restore', copy], { env: { PATH: `${fails}:/usr/bin:/bin` } });
    expect(failed).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(/\(pg_restore failed: broken\)\. The database is as it was\.$/m),
    });
    truncateSync(copy, Math.floor(statSync(copy).size / 2));
    const damaged = await cli({ databaseUrl }, ['restore', copy]);
    expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining("copy.dump can't be read") });
    expect([await updatesIn(databaseUrl), await keptSchemas(databaseUrl)]).toEqual([[], []]);
  });
});
