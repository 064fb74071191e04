import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { behindItsBack } from '../support/behind.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { createPostgresDatabase } from '../support/postgres.ts';

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
    { timeout: 15_000, interval: 200 },
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

  test('whose tables are gone is not ready, and says so in its metrics', async () => {
    const hub = await startHub({ database });
    await behindItsBack(hub, (db) => db.schema.dropTable('telegram_updates').execute());
    await failingWrite(hub);
    // What it reads and writes itself is still there; the write that failed is no reason for good.
    await ready(hub);
    await behindItsBack(hub, (db) => db.schema.alterTable('settings').renameTo('elsewhere').execute());
    await failingWrite(hub);
    await readyBecomes(hub, ['database_unavailable']);
    const { body } = await hub.fetch('/metrics');
    expect(body).toMatch(/^hub_ready 0$/m);
    expect(body).toMatch(/^hub_problem\{code="database_unavailable"\} 1$/m);
    expect((await hub.fetch('/')).body).toContain('no está listo');
    await behindItsBack(hub, (db) => db.schema.alterTable('elsewhere').renameTo('settings').execute());
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
  const setReadOnly = (value: string) =>
    sql`alter database ${sql.id(name)} set default_transaction_read_only = ${sql.raw(value)}`.execute(hub.hub.db.read);
  const cut = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and application_name = 'valletpv-hub'`.execute(
      hub.hub.db.read,
    );
  await setReadOnly('on');
  await cut();
  await vi.waitFor(() => failingWrite(hub), { timeout: 10_000 });
  await readyBecomes(hub, ['database_read_only']);
  await sql`set default_transaction_read_only = off`.execute(hub.hub.db.read);
  await setReadOnly('off');
  await cut();
  await ready(hub);
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
  await vi.waitFor(() => expect(began.count).toBeGreaterThan(0), { timeout: 10_000 });
  began.disable();
  // The whole thread sleeps, as under a machine that is out of memory.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_500);
  await readyBecomes(hub, ['event_loop_stalled']);
  await clock.advance(20_000);
  await ready(hub);
}, 30_000);
