import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ProcessOptions, ROOT, runProcess, startProcess } from '../support/process.ts';
import { expectReady } from '../support/ready.ts';

const MAIN = join(ROOT, 'src/main.ts');
const CLI = join(ROOT, 'src/cli/main.ts');
const LAUNCH = join(ROOT, 'src/cli/launch.cjs');
const MIGRATIONS = readdirSync(join(ROOT, 'migrations'))
  .map((file) => file.replace(/\.ts$/, ''))
  .sort();

/** A folder of its own as working directory, and all that a start needs; Telegram can't be reached. */
function place(): { dir: string; options: ProcessOptions & { env: Record<string, string> } } {
  const dir = mkdtempSync(join(tmpdir(), 'hub-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const env = {
    PORT: '0',
    DATABASE_URL: `sqlite:${join(dir, 'hub.db')}`,
    TELEGRAM_BOT_TOKEN: '1:made-up',
    TELEGRAM_WEBHOOK_SECRET: 'a-made-up-webhook-secret',
    TELEGRAM_WEBHOOK_AUTO: 'false',
    TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
  };
  return { dir, options: { cwd: dir, env } };
}

describe('faults of the environment end the hub with a sentence each (security 27)', () => {
  test('a missing token, a bad URL, an unknown strategy: all at once, secrets masked', async () => {
    const { options } = place();
    const { code, stdout, stderr } = await runProcess([MAIN], {
      ...options,
      env: {
        PUBLIC_URL: 'hub.example',
        DATABASE_URL: 'mysql://root:hidden@db/hub',
        TELEGRAM_WEBHOOK_SECRET: 'hidden',
        ROUTING_STRATEGY: 'fastest',
      },
    });
    expect(code).toBe(78);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toEqual([
      'PUBLIC_URL is "hub.example"; it takes the http or https URL of a host without a path, such as https://hub.example: the hub has the whole host.',
      'DATABASE_URL is 26 characters (not shown); it takes sqlite:<path> or postgres://user:password@host/database; another machine’s with ?sslmode=verify-full (or =disable).',
      "TELEGRAM_BOT_TOKEN is required; it takes the bot's token from @BotFather, digits:letters.",
      'TELEGRAM_WEBHOOK_SECRET is 6 characters (not shown); it takes 16 to 256 of A-Z a-z 0-9 _ -.',
      'ROUTING_STRATEGY is "fastest"; it takes least_users, round_robin or specific.',
      '',
    ]);
  });

  test('a database that can not be written', async () => {
    const { dir, options } = place();
    writeFileSync(join(dir, 'file'), '');
    options.env.DATABASE_URL = `sqlite:${join(dir, 'file/hub.db')}`;
    const { code, stderr } = await runProcess([MAIN], options);
    expect(code).toBe(69);
    expect(stderr).toMatch(/^The database \S+\/file\/hub\.db can't be opened \(.+\): check DATABASE_URL, .+\.\n$/);
  });

  test('a file that is no database', async () => {
    const { dir, options } = place();
    writeFileSync(join(dir, 'hub.db'), 'a letter to a friend, and nothing that a database begins with');
    const { code, stderr } = await runProcess([MAIN], options);
    expect(code).toBe(69);
    expect(stderr).toMatch(/^The database \S+ can't be opened \(file is not a database\): .+\.\n$/);
  });

  test('a database server that can not be reached; its password is not shown', async () => {
    const { options } = place();
    options.env.DATABASE_URL = 'postgres://hub:hidden@127.0.0.1:9/hub';
    const { code, stdout, stderr } = await runProcess([MAIN], options);
    expect(code).toBe(69);
    expect(stderr).toMatch(/^The database can't be reached \(.+\): check DATABASE_URL and the server\.\n$/);
    expect(stdout + stderr).not.toContain('hidden');
  });

  test('a port that is taken', async () => {
    const { options } = place();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    options.env.PORT = String(port);
    const { code, stderr } = await runProcess([MAIN], options);
    expect(code).toBe(69);
    expect(stderr).toBe(
      `PORT ${port} on 127.0.0.1 is taken: stop the program that listens there, or choose another PORT.\n`,
    );
  });

  test('a host that is none of this machine', async () => {
    const { options } = place();
    options.env.HOST = '192.0.2.1';
    const { code, stderr } = await runProcess([MAIN], options);
    expect(code).toBe(69);
    expect(stderr).toMatch(/^HOST 192\.0\.2\.1 is not an address of this machine: .+\.\n$/);
  });

  test('a folder for logs that can not be made', async () => {
    const { dir, options } = place();
    writeFileSync(join(dir, 'file'), '');
    options.env.LOG_DIR = join(dir, 'file/logs');
    const { code, stderr } = await runProcess([MAIN], options);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^LOG_DIR \S+ can't be written \(.+\): choose a folder of this user\.\n$/);
  });

  test('a database that a newer hub wrote is left as it is', async () => {
    const { dir, options } = place();
    expect((await runProcess([CLI, 'migrate'], options)).code).toBe(0);
    const db = new SqliteDatabase(join(dir, 'hub.db'));
    db.prepare('insert into kysely_migration (name, timestamp) values (?, ?)').run('9999-later', 'later');
    db.close();
    for (const args of [[MAIN], [CLI, 'serve'], [CLI, 'migrate']]) {
      const { code, stderr } = await runProcess(args, options);
      expect(code).toBe(1);
      expect(stderr).toBe(
        'The database is newer than this program (it has 9999-later): install the version of the hub that wrote it, or a later one.\n',
      );
    }
    const status = await runProcess([CLI, 'migrate', '--status', '--json'], options);
    expect(JSON.parse(status.stdout)).toEqual({ applied: MIGRATIONS, waiting: [], unknown: ['9999-later'] });
  });
});

describe('the command line', () => {
  test.each([
    [[], /^A command is missing: the commands are serve, migrate, doctor, /],
    [['sevre'], /^"sevre" is no command: the commands are serve, migrate, doctor, /],
    [['migrate', '--force'], /--force.*\n"npx valletpv-hub migrate --help" shows/],
    [['serve', 'now'], /now/],
  ])('%j is a wrong command line', async (args, sentence) => {
    const { code, stdout, stderr } = await runProcess([CLI, ...args]);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  test('--help explains the commands, and each of them itself', async () => {
    const help = await runProcess([CLI, '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['serve', 'migrate', '--status', '--json', '.env.example', '64', '69', '78']) {
      expect(help.stdout).toContain(word);
    }
    const serve = await runProcess([CLI, 'serve', '--help']);
    expect(serve).toMatchObject({ code: 0, stdout: expect.stringContaining('drains') });
  });

  test('migrate says what it did, and --status what there is', async () => {
    const { dir } = place();
    // Nothing but the database is asked for.
    const options = { cwd: dir };
    const early = await runProcess([CLI, 'migrate', '--status'], options);
    expect(early).toMatchObject({
      code: 69,
      stderr: 'There is no database at ./data/hub.db yet: "migrate" or "serve" makes it.\n',
    });
    const first = await runProcess([CLI, 'migrate'], options);
    expect(first).toEqual({ code: 0, stdout: `Applied: ${MIGRATIONS.join(', ')}.\n`, stderr: '' });
    const second = await runProcess([CLI, 'migrate', '--json'], options);
    expect(second).toEqual({ code: 0, stdout: '{"applied":[]}\n', stderr: '' });
    const status = await runProcess([CLI, 'migrate', '--status'], options);
    expect(status).toEqual({
      code: 0,
      stdout: `${MIGRATIONS.map((name) => `applied  ${name}\n`).join('')}The database is up to date.\n`,
      stderr: '',
    });
  });

  test('with --json a fault is one line of JSON', async () => {
    const { code, stderr } = await runProcess([CLI, 'migrate', '--json'], { env: { DATABASE_URL: 'x' } });
    expect(code).toBe(78);
    expect(JSON.parse(stderr)).toEqual({
      exit_code: 78,
      faults: [
        'DATABASE_URL is 1 characters (not shown); it takes sqlite:<path> or postgres://user:password@host/database; another machine’s with ?sslmode=verify-full (or =disable).',
      ],
    });
  });

  test.each([
    ['SIGTERM', MAIN, []],
    ['SIGINT', CLI, ['serve']],
    ['SIGTERM', LAUNCH, ['serve']],
  ] as const)('%s drains what %s started, and it ends with 0', async (signal, program, args) => {
    const { options } = place();
    const hub = startProcess([program, ...args], options);
    const [, url = ''] = /"address":"([^"]+)"/.exec(await hub.waitFor(/"address":"[^"]+"/)) ?? [];
    await expectReady(url);
    hub.child.kill(signal);
    expect(await hub.ended).toBe(0);
    expect(hub.stdout).toContain('"msg":"closed"');
  });
});
