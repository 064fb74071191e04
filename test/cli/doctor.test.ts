import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { copyName } from '../../src/operations/backup/copies.ts';
import { cli } from '../support/cli.ts';
import { testClock } from '../support/clock.ts';
import { startHttpProxy } from '../support/http-proxy.ts';
import { ADMIN_TOKEN, DIALECTS, freshDatabase, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { ROOT, runProcess } from '../support/process.ts';
import { WAIT_MS } from '../support/within.ts';

/** A folder whose path others can walk, as a hub's often is. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'doctor-'));
  chmodSync(path, 0o755);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function environmentOf(hub: TestHub): Record<string, string> {
  return {
    PORT: new URL(hub.url).port,
    PUBLIC_URL: hub.url,
    DATABASE_URL: hub.databaseUrl,
    TELEGRAM_BOT_TOKEN: hub.emulator.token,
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    TELEGRAM_API_ROOT: hub.emulator.apiRoot,
    ADMIN_TOKEN,
  };
}

/** @param cwd where it runs as a process of its own; else in this one, where it sees the repository's `.env` */
async function doctor(env: Record<string, string>, cwd?: string) {
  const args = [join(ROOT, 'src/cli/main.ts'), 'doctor', '--json'];
  const run =
    cwd === undefined ? cli({ databaseUrl: '' }, ['doctor', '--json'], { env }) : runProcess(args, { env, cwd });
  const { code, stdout, stderr } = await run;
  expect(stderr).toBe('');
  const { healthy, findings } = JSON.parse(stdout) as { healthy: boolean; findings: Finding[] };
  expect(code).toBe(healthy ? 0 : 1);
  return { healthy, findings, faults: findings.filter(({ state }) => state === 'fault') };
}

/** A folder with a copy of this moment, as far as its name tells. */
function copiesFolder(madeAt: number): string {
  const path = folder();
  writeFileSync(join(path, copyName(madeAt)), '');
  return path;
}

/** A hub that runs, with a webhook that leads to it. */
async function healthyHub(database: 'sqlite' | 'postgres' = 'sqlite') {
  const hub = await startHub({ database });
  await hub.emulatorDelivers();
  const env = environmentOf(hub);
  if (database === 'sqlite') env.BACKUP_DIR = copiesFolder(Date.now());
  return { hub, env };
}

describe.each(DIALECTS)('the doctor beside a hub on %s', (database) => {
  test('finds nothing wrong with a good set-up, and opens a socket on the way', async () => {
    const { env } = await healthyHub(database);
    const { healthy, findings } = await doctor(env, folder());
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(healthy).toBe(true);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['configuration', 'database', 'clock', 'token', 'webhook', 'port', 'socket', 'secret']),
    );
  });
});

test('the doctor says when the last copy was made and where, that it is old, or that there is none', async () => {
  const { env } = await healthyHub();
  const found = async (BACKUP_DIR: string) => {
    const { findings } = await doctor({ ...env, BACKUP_DIR });
    return findings.find(({ check }) => check === 'backup');
  };
  const now = Date.now();
  const [fresh, old, none] = [copiesFolder(now), copiesFolder(now - 27 * 3_600_000), folder()];
  expect(await found(fresh)).toMatchObject({
    state: 'ok',
    what: expect.stringContaining(`${copyName(now)} in ${fresh}`),
  });
  expect(await found(old)).toMatchObject({ state: 'warning', mend: expect.stringContaining('older than 26 hours') });
  expect(await found(none)).toMatchObject({ state: 'warning', what: `There is no copy in ${none}.` });
  expect(await found('')).toMatchObject({ state: 'warning', mend: expect.stringContaining('BACKUP_DIR=data/backups') });
});

describe('the doctor names the fault and how to mend it:', () => {
  test('variables that are missing or wrong, all of them', async () => {
    const { faults } = await doctor({ PORT: 'eighty', TELEGRAM_WEBHOOK_SECRET: 'short' });
    expect(faults.map(({ what }) => what)).toEqual([
      expect.stringContaining('PORT'),
      expect.stringContaining('TELEGRAM_BOT_TOKEN'),
      expect.stringContaining('TELEGRAM_WEBHOOK_SECRET'),
    ]);
    expect(JSON.stringify(faults)).not.toContain('short');
  });

  test('a token that Telegram refuses', async () => {
    const { env } = await healthyHub();
    const { faults } = await doctor({ ...env, TELEGRAM_BOT_TOKEN: '1:made-up' });
    expect(faults).toEqual([
      expect.objectContaining({
        check: 'token',
        what: expect.stringContaining('401'),
        mend: expect.stringContaining('@BotFather'),
      }),
    ]);
    expect(JSON.stringify(faults)).not.toContain('made-up');
  });

  test('Telegram out of reach', async () => {
    const { env } = await healthyHub();
    const { faults } = await doctor({ ...env, TELEGRAM_API_ROOT: 'http://127.0.0.1:9' });
    expect(faults).toEqual([
      expect.objectContaining({ check: 'token', what: expect.stringContaining('ECONNREFUSED') }),
    ]);
  });

  test('a webhook that leads elsewhere, and update kinds that Telegram keeps back', async () => {
    const { hub, env } = await healthyHub();
    const set = new URL(`/bot${hub.emulator.token}/setWebhook`, hub.emulator.apiRoot);
    set.search = new URLSearchParams({ url: 'https://elsewhere.example/', allowed_updates: '["message"]' }).toString();
    expect((await fetch(set)).status).toBe(200);
    const { faults } = await doctor(env);
    expect(faults).toEqual([
      expect.objectContaining({ check: 'webhook', what: expect.stringContaining('https://elsewhere.example/') }),
      expect.objectContaining({
        check: 'webhook',
        what: expect.stringContaining('callback_query'),
        mend: 'npx valletpv-hub webhook set',
      }),
    ]);
  });

  test('polling that does not go, and a webhook that keeps updates from a hub that polls', async () => {
    const clock = testClock();
    const hub = await startHub({ clock, env: { TELEGRAM_MODE: 'polling' } });
    const env = { ...environmentOf(hub), TELEGRAM_MODE: 'polling' };
    await hub.emulator.waitForCall(({ method }) => method === 'deleteWebhook');
    expect((await doctor(env)).faults).toEqual([]);
    const description = 'Conflict: terminated by other getUpdates request';
    hub.emulator.fail({ method: 'getUpdates', how: { kind: 'error', code: 409, description } });
    hub.emulator.fail({ method: 'deleteWebhook', how: { kind: 'error', code: 409, description } });
    await fetch(`${hub.emulator.apiRoot}/bot${hub.emulator.token}/setWebhook?url=https://elsewhere.example/`);
    await expect
      .poll(
        async () => {
          await clock.advance(2_000);
          return (await hub.fetch('/readyz')).body.problems[0]?.code;
        },
        { timeout: WAIT_MS },
      )
      .toBe('polling_broken');
    expect((await doctor(env)).faults).toEqual([
      expect.objectContaining({ check: 'webhook', what: expect.stringContaining('https://elsewhere.example/') }),
      expect.objectContaining({ check: 'polling', what: expect.stringContaining('409') }),
    ]);
  });

  test('no webhook at all', async () => {
    const hub = await startHub();
    const { faults } = await doctor(environmentOf(hub));
    expect(faults).toEqual([
      expect.objectContaining({ check: 'webhook', what: 'Telegram has no webhook for this bot.' }),
    ]);
  });

  test('another secret in .env than the running hub has', async () => {
    const { env } = await healthyHub();
    const { faults } = await doctor({ ...env, TELEGRAM_WEBHOOK_SECRET: 'another-made-up-secret' });
    expect(faults).toEqual([expect.objectContaining({ check: 'secret', mend: 'Restart the hub.' })]);
  });

  test('a web server in front that strips Upgrade, with ADMIN_TOKEN and without', async () => {
    const { hub, env } = await healthyHub();
    const PUBLIC_URL = await startHttpProxy(hub.url);
    const TELEGRAM_WEBHOOK_URL = env.PUBLIC_URL && new URL('/webhook/telegram/', env.PUBLIC_URL).href;
    const behind = { ...env, PUBLIC_URL, TELEGRAM_WEBHOOK_URL: TELEGRAM_WEBHOOK_URL ?? '' };
    const stripped = [
      expect.objectContaining({
        check: 'socket',
        what: expect.stringContaining('Upgrade'),
        mend: expect.stringContaining('nginx'),
      }),
    ];
    expect((await doctor(behind)).faults).toEqual(stripped);
    expect((await doctor({ ...behind, ADMIN_TOKEN: '' })).faults).toEqual(stripped);
    expect((await doctor({ ...env, ADMIN_TOKEN: '' })).faults).toEqual([]);
  });

  test('a public address that leads nowhere', async () => {
    const { env } = await healthyHub();
    const TELEGRAM_WEBHOOK_URL = `${env.PUBLIC_URL}/webhook/telegram/`;
    const { faults } = await doctor({ ...env, TELEGRAM_WEBHOOK_URL, PUBLIC_URL: 'http://127.0.0.1:9' });
    expect(faults).toEqual([expect.objectContaining({ check: 'public address' })]);
  });

  test('a clock that is wrong', async () => {
    const { hub, env } = await healthyHub();
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const TELEGRAM_API_ROOT = await startHttpProxy(hub.emulator.apiRoot, { answerHeaders: { date } });
    const { faults } = await doctor({ ...env, TELEGRAM_API_ROOT });
    expect(faults).toEqual([
      expect.objectContaining({ check: 'clock', what: expect.stringMatching(/3[3-6]\d\d s behind/) }),
    ]);
  });

  test('a port that another program has', async () => {
    const { env } = await healthyHub();
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.close();
    });
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    if (typeof address !== 'object' || address === null) throw new Error('It has no port.');
    other.on('connection', (socket) => socket.destroy());
    const { faults } = await doctor({ ...env, PORT: String(address.port) });
    expect(faults).toEqual([expect.objectContaining({ check: 'port', what: expect.stringContaining('is taken') })]);
  });

  test('a schema that is old', async () => {
    const { env } = await healthyHub();
    const url = await freshDatabase('sqlite');
    const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
    await migrate(db);
    await db.writer
      .withTables<{ kysely_migration: { name: string } }>()
      .deleteFrom('kysely_migration')
      .where('name', '!=', '0001-first')
      .execute();
    await db.close();
    const { faults } = await doctor({ ...env, DATABASE_URL: url });
    expect(faults).toEqual([
      expect.objectContaining({ check: 'database', what: expect.stringContaining('0002-outbound') }),
    ]);
  });

  test('a database that a newer hub wrote', async () => {
    const { env } = await healthyHub();
    const url = await freshDatabase('sqlite');
    const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
    await migrate(db);
    await db.writer
      .withTables<{ kysely_migration: { name: string; timestamp: string } }>()
      .insertInto('kysely_migration')
      .values({ name: '9999-future', timestamp: new Date().toISOString() })
      .execute();
    await db.close();
    const { faults } = await doctor({ ...env, DATABASE_URL: url });
    expect(faults).toEqual([
      expect.objectContaining({ check: 'database', what: expect.stringContaining('9999-future') }),
    ]);
  });

  test('a .env and a database that everybody can read', async () => {
    const { env } = await healthyHub();
    const cwd = folder();
    const DATABASE_URL = `sqlite:${join(cwd, 'hub.db')}`;
    const db = openDatabase({ DATABASE_URL, DATABASE_DURABILITY: 'full' });
    await migrate(db);
    await db.close();
    writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=info\n');
    chmodSync(join(cwd, '.env'), 0o644);
    chmodSync(join(cwd, 'hub.db'), 0o644);
    // The folder of a temporary directory that lets nobody in would hide both.
    const { faults } = await doctor({ ...env, DATABASE_URL }, cwd);
    expect(faults).toEqual([
      expect.objectContaining({ check: 'files', mend: 'chmod 600 .env' }),
      expect.objectContaining({ check: 'files', mend: expect.stringContaining('hub.db') }),
    ]);
  });

  test('origins of buttons that the hub never calls, because they are private', async () => {
    const { hub, env } = await healthyHub();
    await hub.tpv({ name: 'Bar', endpoint_url: 'http://192.168.1.7:8001' });
    const CALLBACK_ALLOWED_ORIGINS = 'http://10.0.0.7:8001,https://93.184.216.34';
    const { faults, findings } = await doctor({ ...env, CALLBACK_ALLOWED_ORIGINS });
    expect(faults).toEqual([
      expect.objectContaining({ check: 'callbacks', what: expect.stringContaining('http://10.0.0.7:8001') }),
    ]);
    expect(findings).toContainEqual(
      expect.objectContaining({ state: 'warning', what: expect.stringContaining('http://192.168.1.7:8001') }),
    );
    const allowed = await doctor({ ...env, CALLBACK_ALLOWED_ORIGINS, CALLBACK_ALLOW_PRIVATE: 'true' });
    expect(allowed.faults).toEqual([]);
  });

  // Nobody can write there, root included, and it has no free space.
  test('a disk that is full, and a database that can not be written', async () => {
    const { env } = await healthyHub();
    const { faults } = await doctor({ ...env, DATABASE_URL: 'sqlite:/proc/hub.db' });
    expect(faults).toEqual([
      expect.objectContaining({ check: 'disk', what: '0 MiB are free under /proc.' }),
      expect.objectContaining({ check: 'database', what: expect.stringMatching(/^\/proc can't be written \(\w+\)/) }),
    ]);
  });

  test('a full disk, whose remedy is room and no right', async (context) => {
    const { env } = await healthyHub();
    const disk = folder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return context.skip('this machine lets no test mount a disk');
    }
    onTestFinished(() => {
      execFileSync('umount', ['-l', disk]);
    });
    expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(128 * 1024))).toThrow('ENOSPC');
    const { faults } = await doctor({ ...env, DATABASE_URL: `sqlite:${join(disk, 'hub.db')}` });
    expect(faults.filter(({ check }) => check === 'database')).toEqual([
      expect.objectContaining({
        what: `${disk} can't be written (ENOSPC).`,
        mend: `Make room on the disk of ${disk}.`,
      }),
    ]);
  });

  test('a folder of the database that is a file', async () => {
    const { env } = await healthyHub();
    const cwd = folder();
    writeFileSync(join(cwd, 'data'), '');
    const { faults } = await doctor({ ...env, DATABASE_URL: `sqlite:${join(cwd, 'data/hub.db')}` }, cwd);
    expect(faults).toEqual([expect.objectContaining({ check: 'database' })]);
  });
});

test('the doctor says it in lines that a person reads', async () => {
  const { env } = await healthyHub();
  const args = [join(ROOT, 'src/cli/main.ts'), 'doctor'];
  const good = await runProcess(args, { env, cwd: folder() });
  expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/✓ token .*\n[\s\S]*All is well\.\n$/) });
  const bad = await runProcess(args, { env: { ...env, TELEGRAM_BOT_TOKEN: '1:made-up' }, cwd: folder() });
  expect(bad).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✗ token [\s\S]*→ Copy it again[\s\S]*1 fault: /),
  });
});
