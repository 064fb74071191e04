import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { behindItsBack } from '../support/behind.ts';
import { testClock } from '../support/clock.ts';
import { garblePages } from '../support/garble.ts';
import { DIALECTS, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { createPostgresDatabase, startPostgres } from '../support/postgres.ts';
import { shareOfTestMs, WAIT_MS } from '../support/within.ts';

/** Asks until the answer is this one: one look serves everybody for a second. */
async function readyBecomes(hub: TestHub, codes: string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const { status, body, headers } = await hub.fetch('/readyz');
      expect(body.problems.map(({ code }: { code: string }) => code)).toEqual(codes);
      expect(status).toBe(codes.length === 0 ? 200 : 503);
      expect(body.status).toBe(codes.length === 0 ? 'ok' : 'unavailable');
      expect(headers.get('retry-after')).toBe(codes.length === 0 ? null : '2');
      for (const { message } of body.problems) expect(message).toMatch(/^[A-ZÁÉÍÓÚ].+[.]$/);
    },
    { timeout: shareOfTestMs(), interval: 200 },
  );
}

async function ready(hub: TestHub): Promise<void> {
  await readyBecomes(hub, []);
  // Whatever is wrong, the process lives.
  expect((await hub.fetch('/healthz')).status).toBe(200);
}

/** A commit a moment ago would say that the database can be written, for seconds. */
async function failingWrite(hub: TestHub): Promise<void> {
  expect((await hub.message(1_000 + Math.floor(Math.random() * 1e9), 'Hola')).status).toBe(503);
}

describe.each(DIALECTS)('a hub on %s', (database) => {
  test('that is well is ready, however often it is asked, and writes next to nothing for it', async () => {
    const hub = await startHub({ database });
    await ready(hub);
    const asked = await Promise.all(Array.from({ length: 200 }, () => hub.fetch('/readyz')));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await hub.fetch('/metrics');
    expect(Number(/^hub_commit_transactions_count (\d+)$/m.exec(body)?.[1])).toBeLessThan(20);
    expect(body).toMatch(/^hub_ready 1$/m);
  });

  test('whose database a newer program changed says so, and one whose migrations went', async () => {
    const hub = await startHub({ database });
    const row = (name: string) => sql`insert into kysely_migration (name, timestamp) values (${name}, 'now')`;
    await behindItsBack(hub, (db) => row('9999-of-tomorrow').execute(db));
    await readyBecomes(hub, ['schema_newer']);
    await behindItsBack(hub, (db) => sql`delete from kysely_migration where name = '9999-of-tomorrow'`.execute(db));
    await ready(hub);
    await behindItsBack(hub, (db) => sql`delete from kysely_migration where name like '0002%'`.execute(db));
    await readyBecomes(hub, ['schema_outdated']);
  });

  test('whose table is gone is not ready, and says so in its metrics', async () => {
    const hub = await startHub({ database });
    await behindItsBack(hub, (db) => db.schema.alterTable('telegram_updates').renameTo('elsewhere').execute());
    await failingWrite(hub);
    await readyBecomes(hub, ['database_unavailable']);
    const { body } = await hub.fetch('/metrics');
    expect(body).toMatch(/^hub_ready 0$/m);
    expect(body).toMatch(/^hub_problem\{code="database_unavailable"\} 1$/m);
    expect((await hub.fetch('/')).body).toContain('no está listo');
    await behindItsBack(hub, (db) => db.schema.alterTable('elsewhere').renameTo('telegram_updates').execute());
    await ready(hub);
  });
});

test('a hub whose disk is full is not ready, and is again by itself once there is room', async (context) => {
  const disk = mkdtempSync(join(tmpdir(), 'hub-disk-'));
  onTestFinished(() => rmSync(disk, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return context.skip('this machine lets no test mount a disk');
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk]);
  });
  const hub = await startHub({ databaseUrl: `sqlite:${join(disk, 'hub.db')}` });
  await ready(hub);
  const filler = join(disk, 'filler');
  expect(() => {
    for (;;) writeFileSync(filler, Buffer.alloc(4_096), { flag: 'a' });
  }).toThrow(/ENOSPC/);
  // What is left of the log's last page may take a few more.
  for (let id = 1; ; id++) if ((await hub.message(id, 'x'.repeat(4_000))).status === 503) break;
  await readyBecomes(hub, ['disk_full']);
  const { body } = await hub.fetch('/metrics');
  expect(body).toMatch(/^hub_disk_free_bytes\{holds="database"\} 0$/m);
  expect(body).toMatch(/^hub_commit_failures_total [1-9]/m);
  rmSync(filler);
  await ready(hub);
  expect((await hub.message(1_000_000, 'Hola')).status).toBe(200);
});

test('a hub whose PostgreSQL takes no writes is not ready', async () => {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  const hub = await startHub({ databaseUrl: url });
  await ready(hub);
  const name = new URL(url).pathname.slice(1);
  // Beside the hub, and in another database: what is set here holds for new connections to the hub's.
  const other = new URL(url);
  other.pathname = '/postgres';
  const administrator = new pg.Client({ connectionString: other.href });
  await administrator.connect();
  onTestFinished(() => administrator.end());
  const setReadOnly = (value: string) =>
    administrator.query(`alter database ${name} set default_transaction_read_only = ${value}`);
  const cut = () =>
    administrator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  await setReadOnly('on');
  await cut();
  await vi.waitFor(() => failingWrite(hub), WAIT_MS);
  await readyBecomes(hub, ['database_read_only']);
  await setReadOnly('off');
  await cut();
  await ready(hub);
});

/** What a TPV and its panel ask for; each of these reads or writes. */
async function allRefused(hub: TestHub, tpv: TestTpv): Promise<void> {
  const answers = await Promise.all([
    hub.message(1_000 + Math.floor(Math.random() * 1e9), 'Hola'),
    tpv.fetch('/api/tpv/info/'),
    tpv.fetch('/api/tpv/instructions/'),
    tpv.fetch('/api/tpv/heartbeat/', { method: 'POST', json: {} }),
    hub.admin('/api/admin/tpvs'),
    hub.admin('/api/admin/overview'),
    hub.admin('/api/admin/instructions'),
  ]);
  for (const { status, body, headers } of answers) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
  }
  const socket = await refusedUpgrade(hub.url, tpv.key);
  expect(socket).toEqual({ status: 503, retryAfter: '2' });
}

/** How an upgrade is answered that opens no socket. */
function refusedUpgrade(url: string, key: string): Promise<{ status: number | undefined; retryAfter: unknown }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/tpv/ws/`, 'valletpv.v1', {
      headers: { authorization: `ApiKey ${key}` },
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] });
      response.destroy();
    });
    socket.on('open', () => reject(new Error('the socket was opened')));
    socket.on('error', reject);
  });
}

test('without its PostgreSQL a hub answers 503 to all, is not ready, and writes one line a second', async () => {
  const server = await startPostgres();
  const { log, lines } = keptLog();
  const hub = await startHub({ databaseUrl: server.url, log });
  const tpv = await hub.tpv();
  await ready(hub);
  await server.stop();
  const from = performance.now();
  for (let i = 0; i < 20; i++) await allRefused(hub, tpv);
  await readyBecomes(hub, ['database_unavailable']);
  await vi.waitFor(() => expect(refusals(lines).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(140), WAIT_MS);
  const seconds = (performance.now() - from) / 1_000;
  expect(refusals(lines).length).toBeLessThanOrEqual(seconds + 2);
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

/** How many each line says were refused. */
function refusals(lines: readonly Record<string, unknown>[]): number[] {
  return lines
    .filter(({ msg }) => String(msg).startsWith('the database could not do'))
    .map(({ count }) => Number(count));
}

test('a hub whose table another program locks in PostgreSQL is not ready, and is again when it is let go', async () => {
  const hub = await startHub({ database: 'postgres' });
  await ready(hub);
  const holder = new pg.Client({ connectionString: hub.databaseUrl });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('begin; lock table telegram_updates in access exclusive mode');
  await failingWrite(hub);
  await readyBecomes(hub, ['database_locked']);
  await holder.query('rollback');
  await ready(hub);
  expect((await hub.message(1, 'Hola')).status).toBe(200);
});

test('a hub whose SQLite file another program locks answers reads and health meanwhile, and is not ready', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  await ready(hub);
  const holder = new SqliteDatabase(hub.databaseUrl.slice('sqlite:'.length));
  onTestFinished(() => void holder.close());
  holder.exec('begin immediate');
  const written = hub.message(1, 'Hola');
  expect((await hub.fetch('/healthz')).status).toBe(200);
  expect((await tpv.fetch('/api/tpv/info/')).status).toBe(200);
  expect((await written).status).toBe(503);
  await readyBecomes(hub, ['database_locked']);
  holder.exec('rollback');
  await ready(hub);
  expect((await hub.message(1, 'Hola')).status).toBe(200);
});

test('a hub that reads a corrupt page answers 503, and is not ready', async () => {
  const first = await startHub();
  for (let id = 1; id <= 100; id++) await first.message(id, 'x'.repeat(500));
  await first.close();
  garblePages(first.databaseUrl.slice('sqlite:'.length), 'telegram_users');
  const hub = await startHub({ databaseUrl: first.databaseUrl, emulator: first.emulator });
  expect((await hub.admin('/api/admin/users')).status).toBe(503);
  await readyBecomes(hub, ['database_damaged']);
});

test('a hub that drains is not ready', async () => {
  const clock = testClock();
  const hub = await startHub({ clock, env: { HEARTBEAT_INTERVAL_SECONDS: '3600' } });
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  await hub.message(1, 'Hola');
  const { instruction } = await socket.next('instruction');
  const closed = hub.close();
  await socket.next('drain');
  await readyBecomes(hub, ['draining']);
  expect((await hub.fetch('/healthz')).status).toBe(200);
  await socket.report(instruction.id, 'completed');
  await closed;
});

test('a hub that was held up for long is not ready for a while', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  await ready(hub);
  // The hub's own look at the event loop began before this one, and needs a first moment to compare with.
  const began = monitorEventLoopDelay({ resolution: 100 });
  began.enable();
  await vi.waitFor(() => expect(began.count).toBeGreaterThan(0), WAIT_MS);
  began.disable();
  // The whole thread sleeps, as under a machine that is out of memory.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_500);
  await readyBecomes(hub, ['event_loop_stalled']);
  await clock.advance(20_000);
  await ready(hub);
});
