import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import { cli, cliJson, cliProcess } from '../support/cli.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { freshDatabase, type HubOptions, startHub } from '../support/hub.ts';
import { largeDatabase } from '../support/large-database.ts';
import { keptLog } from '../support/log.ts';
import { shareOfTestMs, WAIT_MS } from '../support/within.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 04:29 in Madrid. */
const EVENING = Date.UTC(2026, 10, 28, 3, 29);
const PARTIAL = /^hub-[\dTZ-]+\.db\.partial-(\d+)$/;
/** A program of its own has to start, copy and check, beside whatever else this machine does. */
const soon = () => ({ timeout: shareOfTestMs(), interval: 5 });

/** A hub that makes copies, with what it logs. */
async function hubWithCopies(options: HubOptions & { clock: TestClock }) {
  const databaseUrl = options.databaseUrl ?? (await freshDatabase('sqlite', 'migrated'));
  const dir = join(dirname(databaseUrl.slice('sqlite:'.length)), 'backups');
  const { log, lines } = keptLog();
  const hub = await startHub({ log, env: { BACKUP_DIR: dir }, ...options, databaseUrl });
  const said = (msg: string) => lines.filter((line) => String(line.msg).startsWith(msg));
  const names = () => (existsSync(dir) ? readdirSync(dir) : []);
  return {
    hub,
    dir,
    databaseUrl,
    names,
    made: () => said('made the nightly copy'),
    failed: () => said('could not make'),
  };
}

/** The process that copies, once it does. */
function copying(names: () => string[]): Promise<number> {
  return vi.waitFor(() => {
    const pid = names().flatMap((name) => PARTIAL.exec(name)?.[1] ?? []);
    expect(pid).toHaveLength(1);
    return Number(pid[0]);
  }, soon());
}

describe('a hub with BACKUP_DIR', () => {
  test('copies its database each night in a program of its own, and the copy comes back by its name', async () => {
    const clock = testClock(EVENING);
    const { hub, databaseUrl, dir, names, made, failed } = await hubWithCopies({ clock });
    await hub.message(1, 'Hola');
    await clock.advance(MINUTE_MS);
    await vi.waitFor(() => expect([made().length, failed()]).toEqual([1, []]), soon());
    expect(names()).toEqual(['hub-2026-11-28T033000Z.db']);
    await hub.message(2, 'Otra');
    await clock.jump(24 * HOUR_MS);
    await vi.waitFor(() => expect([made().length, failed()]).toEqual([2, []]), soon());
    const [first = '', second = ''] = names().sort();
    expect([first, second]).toEqual(['hub-2026-11-28T033000Z.db', 'hub-2026-11-29T033000Z.db']);
    const updates = (file: string) => {
      const db = new SqliteDatabase(file, { readonly: true });
      const ids = db.prepare('select update_id from telegram_updates order by 1').pluck().all();
      db.close();
      return ids;
    };
    expect([updates(join(dir, first)), updates(join(dir, second))]).toEqual([[1], [1, 2]]);

    const env = { BACKUP_DIR: dir };
    expect(await cliJson(hub, ['backup', 'list'], { env })).toMatchObject({
      folder: dir,
      items: [
        { name: second, made_at: '2026-11-29T03:30:00.000Z', bytes: expect.any(Number) },
        { name: first, made_at: '2026-11-28T03:30:00.000Z' },
      ],
    });
    expect((await cli(hub, ['backup', 'list'], { env })).stdout).toMatch(/^NAME +SIZE +MADE AT\nhub-2026-11-29/);
    await hub.close();
    const restored = await cliProcess({ databaseUrl }, ['restore', first], { env });
    expect(restored).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(join(dir, first)) });
    expect(updates(databaseUrl.slice('sqlite:'.length))).toEqual([1]);
  });

  test('goes on when the copying program is killed: nothing is left, and it tries again', async () => {
    const clock = testClock(EVENING);
    const { hub, names, failed } = await hubWithCopies({ clock, databaseUrl: await largeDatabase(60) });
    await clock.advance(MINUTE_MS);
    const killed = await copying(names);
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(() => expect(failed()).toHaveLength(1), soon());
    expect(failed()[0]).toMatchObject({ fault: 'failed', err: { message: expect.stringContaining('SIGKILL') } });
    await vi.waitFor(() => expect(names()).toEqual([]), WAIT_MS);
    expect((await hub.message(1, 'Hola')).status).toBe(200);
    // That it ends well is seen above; to copy all of this takes a busy machine a minute.
    await clock.jump(HOUR_MS);
    expect(await copying(names)).not.toBe(killed);
  });

  test('takes the copying program along when it ends', async () => {
    const clock = testClock(EVENING);
    const { hub, names, failed } = await hubWithCopies({ clock, databaseUrl: await largeDatabase(60) });
    await clock.advance(MINUTE_MS);
    const pid = await copying(names);
    await hub.close();
    // The hub waits for its end for 5 s, which the test's clock leaves behind at once.
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), WAIT_MS);
    await vi.waitFor(() => expect([names(), failed()]).toEqual([[], []]), WAIT_MS);
  });

  test('raises an alarm with its remedy where no copy can be made, until one is', async () => {
    const clock = testClock(EVENING);
    let freeBytes = 0;
    const room = async () => ({ freeBytes, sizeBytes: 1e12 });
    const { hub, dir, made, failed } = await hubWithCopies({ clock, room });
    const alarms = async () => {
      await clock.advance(1_000);
      const { body } = await hub.admin('/api/admin/overview');
      return body.alarms.filter(({ code }: { code: string }) => code === 'backup_late');
    };
    expect(await alarms()).toEqual([]);
    await clock.advance(MINUTE_MS);
    await vi.waitFor(() => expect(failed()).toHaveLength(1), WAIT_MS);
    const late = {
      code: 'backup_late',
      severity: 'warning',
      since: null,
      detail: `En ${dir} no hay ninguna. Con otra quedaría libre menos del 10 % de ese disco: libera espacio o cambia BACKUP_DIR. El hub lo intenta cada hora.`,
    };
    await vi.waitFor(async () => expect(await alarms()).toMatchObject([late]), WAIT_MS);
    freeBytes = 1e12;
    await clock.jump(HOUR_MS);
    await vi.waitFor(() => expect(made()).toHaveLength(1), soon());
    await vi.waitFor(async () => expect(await alarms()).toEqual([]), WAIT_MS);
  });
});

test('a copy is made where the system refuses a lower priority, as to a service under systemd', async () => {
  const databaseUrl = await freshDatabase('sqlite', 'migrated');
  const file = join(dirname(databaseUrl.slice('sqlite:'.length)), 'copy.db');
  const refusing =
    "import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'; os.setPriority = () => { console.error('refused'); throw new Error('EPERM'); }; syncBuiltinESMExports();";
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(refusing)}` };
  expect(await cliProcess({ databaseUrl }, ['backup', file], { env })).toMatchObject({ code: 0, stderr: 'refused\n' });
  expect(existsSync(file)).toBe(true);
});

describe('by its name alone', () => {
  test('a copy is not confused with a file beside', async () => {
    const databaseUrl = await freshDatabase('sqlite', 'migrated');
    const folder = dirname(databaseUrl.slice('sqlite:'.length));
    const env = { BACKUP_DIR: join(folder, 'backups') };
    mkdirSync(env.BACKUP_DIR);
    // `package.json` is in the folder in which the tests run.
    writeFileSync(join(env.BACKUP_DIR, 'package.json'), 'no copy');
    const both = await cli({ databaseUrl }, ['restore', 'package.json'], { env });
    expect(both).toMatchObject({ code: 64, stderr: expect.stringContaining('say which one, as ./package.json') });
    const path = await cli({ databaseUrl }, ['restore', './package.json'], { env });
    expect(path).toMatchObject({ code: 1, stderr: `${resolve('package.json')} is no SQLite database.\n` });
    const missing = await cli({ databaseUrl }, ['restore', 'hub-2026-11-28T033000Z.db'], { env });
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no hub-2026-11-28T033000Z.db in'),
    });
  });

  test('none is shown where there is none, and what to set is said', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    const BACKUP_DIR = '/nowhere/backups';
    const { stdout } = await cli({ databaseUrl }, ['backup', 'list'], { env: { BACKUP_DIR } });
    expect(stdout).toBe('There is no copy in /nowhere/backups yet.\n');
    const unset = await cli({ databaseUrl }, ['backup', 'list'], { env: { BACKUP_DIR: '' } });
    expect(unset).toMatchObject({ code: 1, stderr: expect.stringContaining('set BACKUP_DIR') });
  });
});
