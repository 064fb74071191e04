import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { type Config, ConfigError, readConfig, secretsOf } from '../../src/config/config.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { ROOT, startProcess } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';

const REQUIRED = { TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_WEBHOOK_SECRET: 'a-made-up-webhook-secret' };

/** What PUBLIC_URL takes: the panel's pages and cookie need a host of their own. */
const WHOLE_HOST =
  'the http or https URL of a host without a path, such as https://hub.example: the hub has the whole host';

/** docs/environment.md */
const DEFAULTS: Record<string, unknown> = {
  HOST: '127.0.0.1',
  PORT: 8100,
  PUBLIC_URL: undefined,
  DATABASE_URL: 'sqlite:./data/hub.db',
  DATABASE_DURABILITY: 'full',
  HUB_LEASE_SECONDS: undefined,
  BACKUP_DIR: undefined,
  BACKUP_AT: '04:30',
  TELEGRAM_MODE: 'webhook',
  TELEGRAM_WEBHOOK_URL: undefined,
  TELEGRAM_WEBHOOK_AUTO: true,
  TELEGRAM_API_ROOT: 'https://api.telegram.org',
  TELEGRAM_FILE_ROOT: undefined,
  TPV_REGISTRATION: 'approval',
  REGISTRATION_TOKEN: undefined,
  ADMIN_TOKEN: undefined,
  ROUTING_STRATEGY: 'least_users',
  CORS_ALLOWED_ORIGINS: [],
  CALLBACK_ALLOWED_ORIGINS: [],
  CALLBACK_ALLOW_PRIVATE: false,
  TRUST_PROXY: 'loopback',
  HEARTBEAT_INTERVAL_SECONDS: 25,
  OFFLINE_GRACE_SECONDS: 15,
  SENT_LEASE_SECONDS: 60,
  PROCESSING_LEASE_SECONDS: 300,
  INSTRUCTION_TTL_SECONDS: 86_400,
  PRESS_TTL_SECONDS: 150,
  MAX_ATTEMPTS: 5,
  WAITING_NOTICE_SECONDS: 120,
  RETENTION_DAYS: 7,
  FORWARD_START: false,
  FORWARD_EDITS: false,
  LOG_LEVEL: 'info',
  LOG_DIR: undefined,
  METRICS_TOKEN: undefined,
  ALARM_PING_URL: undefined,
  SECURITY_CONTACT: undefined,
  DEFAULT_LOCALE: 'es',
  TIME_ZONE: 'Europe/Madrid',
};

function read(env: Record<string, string | undefined>): Config {
  return readConfig({ ...REQUIRED, ...env });
}

function faults(env: Record<string, string | undefined>): readonly string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('every variable but the two required ones has the default of the contract', () => {
  expect(read({})).toEqual({ ...REQUIRED, ...DEFAULTS });
  expect([...VARIABLE_NAMES].sort()).toEqual([...Object.keys(REQUIRED), ...Object.keys(DEFAULTS)].sort());
});

test('an empty variable counts as absent', () => {
  const empty = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, '']));
  expect(read(empty)).toEqual(read({}));
  expect(faults({ TELEGRAM_BOT_TOKEN: '' })).toEqual([
    "TELEGRAM_BOT_TOKEN is required; it takes the bot's token from @BotFather, digits:letters.",
  ]);
});

test('the configuration can not be changed', () => {
  expect(Object.isFrozen(read({}))).toBe(true);
});

test.each([
  ['HOST', '0.0.0.0', '0.0.0.0'],
  ['PORT', '0', 0],
  ['PORT', '65535', 65_535],
  ['PUBLIC_URL', 'https://hub.example', 'https://hub.example'],
  ['PUBLIC_URL', 'http://hub.example:8100/', 'http://hub.example:8100/'],
  ['DATABASE_URL', 'postgres://user:made-up@db/hub?sslmode=disable', 'postgres://user:made-up@db/hub?sslmode=disable'],
  ['DATABASE_URL', 'postgresql://localhost/hub', 'postgresql://localhost/hub'],
  ['DATABASE_DURABILITY', 'normal', 'normal'],
  ['BACKUP_DIR', 'data/backups', 'data/backups'],
  ['BACKUP_AT', '23:59', '23:59'],
  ['TELEGRAM_MODE', 'polling', 'polling'],
  ['TELEGRAM_WEBHOOK_URL', 'https://hub.example/webhook/telegram/', 'https://hub.example/webhook/telegram/'],
  ['TELEGRAM_WEBHOOK_AUTO', 'false', false],
  ['TELEGRAM_WEBHOOK_SECRET', 'x'.repeat(256), 'x'.repeat(256)],
  ['TELEGRAM_API_ROOT', 'http://127.0.0.1:8081/', 'http://127.0.0.1:8081'],
  ['TELEGRAM_FILE_ROOT', '/var/lib/telegram-bot-api', '/var/lib/telegram-bot-api'],
  ['TPV_REGISTRATION', 'open', 'open'],
  ['TPV_REGISTRATION', 'closed', 'closed'],
  ['ADMIN_TOKEN', 'x'.repeat(24), 'x'.repeat(24)],
  ['ROUTING_STRATEGY', 'round_robin', 'round_robin'],
  ['ROUTING_STRATEGY', 'specific', 'specific'],
  ['CORS_ALLOWED_ORIGINS', 'https://a.example, http://localhost:3000', ['https://a.example', 'http://localhost:3000']],
  ['CALLBACK_ALLOW_PRIVATE', '1', true],
  ['TRUST_PROXY', 'loopback, 10.0.0.0/8, ::1', 'loopback, 10.0.0.0/8, ::1'],
  ['LOG_DIR', 'logs', 'logs'],
  ['TIME_ZONE', 'Atlantic/Canary', 'Atlantic/Canary'],
])('%s takes %s', (name, value, expected) => {
  expect(read({ [name]: value })[name as keyof Config]).toEqual(expected);
});

test.each([
  ['PORT', '65536', 'a port, 0 to 65535'],
  ['PORT', '80a', 'a port, 0 to 65535'],
  ['PORT', '-1', 'a port, 0 to 65535'],
  ['PORT', '8100.5', 'a port, 0 to 65535'],
  ['PUBLIC_URL', 'hub.example', WHOLE_HOST],
  ['PUBLIC_URL', 'ftp://hub.example', WHOLE_HOST],
  ['PUBLIC_URL', 'https://hub.example/hub', WHOLE_HOST],
  ['PUBLIC_URL', 'https://hub.example/?a', WHOLE_HOST],
  ['PUBLIC_URL', 'https://a:b@hub.example', WHOLE_HOST],
  ['DATABASE_DURABILITY', 'off', 'full or normal'],
  ['HUB_LEASE_SECONDS', '1', 'a whole number of seconds, 2 to 30'],
  ['BACKUP_AT', '24:00', 'a time of day such as 04:30'],
  ['BACKUP_AT', '4:30', 'a time of day such as 04:30'],
  ['TELEGRAM_MODE', 'pull', 'webhook or polling'],
  ['TELEGRAM_WEBHOOK_URL', '/webhook/', 'an http or https URL'],
  ['TELEGRAM_WEBHOOK_AUTO', 'yes', 'true or false'],
  ['TELEGRAM_API_ROOT', 'api.telegram.org', 'an http or https URL'],
  ['TELEGRAM_FILE_ROOT', 'files', 'the absolute path of a folder'],
  ['TPV_REGISTRATION', 'anyone', 'approval, token, open or closed'],
  ['ROUTING_STRATEGY', 'fastest', 'least_users, round_robin or specific'],
  ['CORS_ALLOWED_ORIGINS', 'https://a.example/path', 'origins such as https://panel.example, separated by commas'],
  ['CORS_ALLOWED_ORIGINS', '*', 'origins such as https://panel.example, separated by commas'],
  ['CALLBACK_ALLOWED_ORIGINS', 'a.example', 'origins such as https://panel.example, separated by commas'],
  ['CALLBACK_ALLOW_PRIVATE', 'TRUE', 'true or false'],
  [
    'TRUST_PROXY',
    'everyone',
    'loopback, linklocal, uniquelocal, addresses or networks such as 10.0.0.0/8, separated by commas',
  ],
  [
    'TRUST_PROXY',
    '10.0.0.0/33',
    'loopback, linklocal, uniquelocal, addresses or networks such as 10.0.0.0/8, separated by commas',
  ],
  ['HEARTBEAT_INTERVAL_SECONDS', '0', 'a whole number of seconds, 1 to 3600'],
  ['SENT_LEASE_SECONDS', '1m', 'a whole number of seconds, 1 to 31536000'],
  ['PROCESSING_LEASE_SECONDS', '0', 'a whole number of seconds, 1 to 31536000'],
  ['INSTRUCTION_TTL_SECONDS', '1e5', 'a whole number of seconds, 1 to 31536000'],
  ['PRESS_TTL_SECONDS', 'x', 'a whole number of seconds, 1 to 31536000'],
  ['MAX_ATTEMPTS', '0', 'a whole number, 1 to 100'],
  ['RETENTION_DAYS', '0', 'a whole number of days, 1 to 3650'],
  ['FORWARD_START', '2', 'true or false'],
  ['FORWARD_EDITS', 'no', 'true or false'],
  ['LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, trace or silent'],
  ['DEFAULT_LOCALE', 'Spanish', 'one of es, ca, gl, eu, en, fr, de, pt, it, such as es or es-ES'],
  ['DEFAULT_LOCALE', 'nl', 'one of es, ca, gl, eu, en, fr, de, pt, it, such as es or es-ES'],
  ['TIME_ZONE', 'Madrid', 'a time zone such as Europe/Madrid'],
])('%s refuses %s, and says what it takes', (name, value, wanted) => {
  expect(faults({ [name]: value })).toEqual([`${name} is ${JSON.stringify(value)}; it takes ${wanted}.`]);
});

test.each([
  ['TELEGRAM_BOT_TOKEN', 'hidden-made-up', "the bot's token from @BotFather, digits:letters"],
  ['TELEGRAM_WEBHOOK_SECRET', 'hidden-short', '16 to 256 of A-Z a-z 0-9 _ -'],
  ['TELEGRAM_WEBHOOK_SECRET', 'hidden but with spaces in it', '16 to 256 of A-Z a-z 0-9 _ -'],
  ['TELEGRAM_WEBHOOK_SECRET', 'hidden'.padEnd(257, 'x'), '16 to 256 of A-Z a-z 0-9 _ -'],
  [
    'DATABASE_URL',
    'mysql://root:hidden@db/hub',
    'sqlite:<path> or postgres://user:password@host/database; another machine’s with ?sslmode=verify-full (or =disable)',
  ],
  [
    'DATABASE_URL',
    'sqlite:',
    'sqlite:<path> or postgres://user:password@host/database; another machine’s with ?sslmode=verify-full (or =disable)',
  ],
  ['REGISTRATION_TOKEN', 'hidden', 'at least 16 characters'],
  ['ADMIN_TOKEN', 'hidden-with-23-letters.', 'at least 24 characters'],
  ['METRICS_TOKEN', 'hidden', 'at least 16 characters'],
])('%s refuses a wrong value without showing it', (name, value, wanted) => {
  expect(faults({ [name]: value })).toEqual([`${name} is ${value.length} characters (not shown); it takes ${wanted}.`]);
});

test('a PostgreSQL on another machine is taken where its address says how the way is encrypted (S38)', () => {
  const took = (url: string) => faults({ DATABASE_URL: url }).length === 0;
  for (const [url, taken] of [
    ['postgres://hub:x@db.example/hub', false],
    ['postgresql://hub:x@10.0.0.5:5432/hub?application_name=x', false],
    ['postgres://hub:x@localhost.example/hub', false],
    ['postgres://hub:x@127.0.0.1.example/hub', false],
    ['postgres://hub:x@localhost/hub?host=db.example', false],
    ['postgres://hub:x@%zz/hub', false],
    ['postgres://hub:x@db.example/hub?sslmode=verify-full', true],
    ['postgres://hub:x@db.example/hub?sslmode=disable', true],
    ['postgres://hub:x@db.example/hub?ssl=true', true],
    ['postgres://hub:x@localhost:5433/hub', true],
    ['postgres://hub:x@127.0.0.2/hub', true],
    ['postgres://hub:x@[::1]/hub', true],
    ['postgres://hub:x@%2Fvar%2Frun%2Fpostgresql/hub', true],
    ['postgres:///hub?host=/var/run/postgresql', true],
  ] as const) {
    expect([url, took(url)]).toEqual([url, taken]);
  }
});

test('a webhook needs a secret, polling needs none', () => {
  const none = { TELEGRAM_WEBHOOK_SECRET: undefined };
  expect(faults(none)).toEqual([
    'TELEGRAM_WEBHOOK_SECRET is required in webhook mode; it takes 16 to 256 of A-Z a-z 0-9 _ -.',
  ]);
  expect(faults({ ...none, TELEGRAM_MODE: 'polling' })).toEqual([]);
});

test('a webhook over http is for a Telegram of one’s own', () => {
  const webhook = { TELEGRAM_WEBHOOK_URL: 'http://127.0.0.1:8100/webhook/telegram/' };
  const refused = [
    'TELEGRAM_WEBHOOK_URL is "http://127.0.0.1:8100/webhook/telegram/"; it takes an https URL: Telegram calls no other.',
  ];
  expect(faults(webhook)).toEqual(refused);
  expect(faults({ ...webhook, TELEGRAM_API_ROOT: 'https://api.telegram.org/' })).toEqual(refused);
  expect(faults({ ...webhook, TELEGRAM_API_ROOT: 'http://127.0.0.1:8081' })).toEqual([]);
});

test('a webhook’s port is one that Telegram calls', () => {
  const at = (port: string) => faults({ TELEGRAM_WEBHOOK_URL: `https://hub.example${port}/webhook/telegram/` });
  for (const port of ['', ':443', ':80', ':88', ':8443']) expect(at(port)).toEqual([]);
  expect(at(':8100')).toEqual([expect.stringContaining('it takes the ports 443, 80, 88 and 8443')]);
});

test('copies of either database are made by themselves', () => {
  const BACKUP_DIR = 'data/backups';
  expect(faults({ BACKUP_DIR })).toEqual([]);
  expect(faults({ BACKUP_DIR, DATABASE_URL: 'postgres://hub@127.0.0.1/hub' })).toEqual([]);
});

test('registering by token needs the token', () => {
  expect(faults({ TPV_REGISTRATION: 'token' })).toEqual([
    'REGISTRATION_TOKEN is required where TPV_REGISTRATION is token; it takes at least 16 characters.',
  ]);
  expect(faults({ TPV_REGISTRATION: 'token', REGISTRATION_TOKEN: 'x'.repeat(16) })).toEqual([]);
});

test('tokens, secrets and the database’s password are secret, as they are written and as they are meant', () => {
  const tokens = { REGISTRATION_TOKEN: 'r'.repeat(16), ADMIN_TOKEN: 'a'.repeat(24), METRICS_TOKEN: 'm'.repeat(16) };
  const config = read({ ...tokens, DATABASE_URL: 'postgres://hub:made%20up@127.0.0.1/hub' });
  const { TELEGRAM_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET } = REQUIRED;
  const password = ['made%20up', 'made up'];
  expect(secretsOf(config).sort()).toEqual(
    [TELEGRAM_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET, ...Object.values(tokens), ...password].sort(),
  );
  expect(secretsOf(read({})).sort()).toEqual(Object.values(REQUIRED).sort());
});

test('all faults come at once, those between variables too', () => {
  const found = faults({
    TELEGRAM_BOT_TOKEN: undefined,
    TELEGRAM_WEBHOOK_SECRET: undefined,
    PORT: 'x',
    ROUTING_STRATEGY: 'x',
    TPV_REGISTRATION: 'token',
  });
  expect(found.map((fault) => fault.split(' ', 1)[0])).toEqual([
    'PORT',
    'TELEGRAM_BOT_TOKEN',
    'ROUTING_STRATEGY',
    'TELEGRAM_WEBHOOK_SECRET',
    'REGISTRATION_TOKEN',
  ]);
});

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');

test('.env.example lists every variable, with a line on each and its default', () => {
  const given = parseEnv(example);
  expect(example.match(/^[A-Z_]+(?==)/gm)).toEqual(VARIABLE_NAMES);
  expect(read({ ...given, ...REQUIRED })).toEqual(read({}));
  const lines = example.split('\n');
  for (const name of VARIABLE_NAMES) {
    const at = lines.findIndex((line) => line.startsWith(`${name}=`));
    // PORT shares the line on HOST.
    const above = lines[name === 'PORT' ? at - 2 : at - 1];
    expect(above, `the line above ${name}`).toMatch(/^# .+\.$/);
    expect(lines[at], name).toBe(`${name}=${shownDefault(name)}`);
  }
});

function shownDefault(name: string): string {
  const value = DEFAULTS[name];
  return value === undefined ? '' : Array.isArray(value) ? value.join(',') : String(value);
}

test('.env of the working directory is loaded, and variables that are set win', async () => {
  const cwd = testFolder('env');
  writeFileSync(join(cwd, '.env'), 'TELEGRAM_BOT_TOKEN=1:made-up\nPORT=from-file\nROUTING_STRATEGY=from-file\n');
  const hub = startProcess([join(ROOT, 'src/main.ts')], { cwd, env: { PORT: 'from-environment' } });
  expect(await hub.ended).toBe(78);
  expect(hub.stderr.split('\n')).toEqual([
    'PORT is "from-environment"; it takes a port, 0 to 65535.',
    'ROUTING_STRATEGY is "from-file"; it takes least_users, round_robin or specific.',
    'TELEGRAM_WEBHOOK_SECRET is required in webhook mode; it takes 16 to 256 of A-Z a-z 0-9 _ -.',
    '',
  ]);
});

// docs/security.md, S38.
test('a secret may lie in a file, and never in both places', () => {
  const folder = testFolder('config-test');
  const path = join(folder, 'token');
  writeFileSync(path, 'a-made-up-token-of-an-administrator\n');
  const config = read({ ADMIN_TOKEN_FILE: path });
  expect(config.ADMIN_TOKEN).toBe('a-made-up-token-of-an-administrator');
  expect(secretsOf(config)).toContain('a-made-up-token-of-an-administrator');
  writeFileSync(path, '2:made-up\r\n');
  expect(read({ TELEGRAM_BOT_TOKEN: undefined, TELEGRAM_BOT_TOKEN_FILE: path }).TELEGRAM_BOT_TOKEN).toBe('2:made-up');
  expect(faults({ TELEGRAM_BOT_TOKEN_FILE: path })).toEqual([
    'TELEGRAM_BOT_TOKEN and TELEGRAM_BOT_TOKEN_FILE are both set: leave one of them out.',
  ]);
  writeFileSync(path, '\n');
  expect(faults({ TELEGRAM_BOT_TOKEN: undefined, TELEGRAM_BOT_TOKEN_FILE: path })).toEqual([
    `TELEGRAM_BOT_TOKEN_FILE is ${JSON.stringify(path)}; that file is empty.`,
  ]);
  expect(faults({ ADMIN_TOKEN_FILE: `${path}.gone` })).toEqual([
    `ADMIN_TOKEN_FILE is ${JSON.stringify(`${path}.gone`)}; that file can't be read (ENOENT).`,
  ]);
  // It takes what the variable takes, and shows as little of it.
  writeFileSync(path, 'short');
  expect(faults({ ADMIN_TOKEN_FILE: path })).toEqual([
    'ADMIN_TOKEN is 5 characters (not shown); it takes at least 24 characters.',
  ]);
});
