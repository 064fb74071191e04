import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { mayMount, type SmallDisk, smallDisk } from '../chaos/small-disk.ts';
import { messageUpdate, WEBHOOK_SECRET } from '../support/hub.ts';
import { copyMigratedFile } from '../support/migrated-database.ts';
import { npmEnv } from '../support/npm.ts';
import { freePort } from '../support/port.ts';
import { ROOT, runProcess } from '../support/process.ts';
import { builtRelease } from '../support/release.ts';
import { type ServiceManager, startServiceManager } from '../support/service-manager.ts';
import { WAIT_MS } from '../support/within.ts';

const MEGABYTE = 1024 * 1024;
const DATABASE_MEGABYTES = 8;
const INSTALL_MS = 300_000;
/** Makes a table, of which the test then knows whether it is there. */
const MIGRATION = `export async function up(db) {
  await db.schema.createTable('made_by_upgrade').addColumn('id', 'integer').execute();
}\n`;

/** Goes well on an empty database, and not on the hub's. */
const FAILS_ON_DATA = `export async function up(db) {
  const tables = await db.introspection.getTables();
  if (tables.some(({ name }) => name === 'ballast')) throw new Error('no such table');
}\n`;

/** One hub for all of them: what fails leaves it as it was. */
let dir: string;
let project: string;
let database: string;
let url: string;
let disk: SmallDisk | undefined;
let manager: ServiceManager;
let lastUpdate = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hub-upgrade-'));
  project = join(dir, 'project');
  const [bin, units] = [join(dir, 'bin'), join(dir, 'units')];
  for (const folder of [project, bin, units]) mkdirSync(folder);
  for (const name of ['package.json', 'src', 'node_modules']) symlinkSync(join(ROOT, name), join(project, name));
  symlinkSync(builtRelease(), join(project, 'dist'));
  symlinkSync('.', join(project, 'program'));
  disk = mayMount() ? smallDisk(128) : undefined;
  const data = disk?.folder ?? join(project, 'data');
  mkdirSync(data, { recursive: true });
  database = join(data, 'hub.db');
  makeDatabase();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  writeEnv({ PORT: String(port), DATABASE_URL: `sqlite:${database}` });
  const unit = readFileSync(join(ROOT, 'deploy/valletpv-hub.service'), 'utf8')
    .replaceAll('@PROJECT@', project)
    .replaceAll('@NODE@', process.execPath)
    .replaceAll('@LOG_DIR@', join(dir, 'logs'))
    // The test reads where it listens.
    .replace(/ LOG_DIR=\S+/, '');
  writeFileSync(join(units, 'valletpv-hub.service'), unit);
  manager = await startServiceManager(bin, join(units, 'valletpv-hub.service'));
  await manager.start();
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), WAIT_MS);
}, INSTALL_MS);

afterEach(() => {
  manager.onRequest = () => false;
});

afterAll(async () => {
  await manager?.end();
  disk?.end();
  rmSync(dir, { recursive: true, force: true });
});

/** Large enough that a small disk has no room for a second one. */
function makeDatabase(): void {
  copyMigratedFile(database);
  const db = new SqliteDatabase(database);
  db.exec('create table ballast (bytes blob)');
  const insert = db.prepare('insert into ballast values (?)');
  for (let i = 0; i < DATABASE_MEGABYTES; i++) insert.run(Buffer.alloc(MEGABYTE));
  db.close();
}

function writeEnv(variables: Record<string, string>): void {
  const all = {
    TELEGRAM_BOT_TOKEN: '1:made-up',
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    TELEGRAM_WEBHOOK_AUTO: 'false',
    TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
    ...variables,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(project, '.env'), lines.join(''));
  chmodSync(join(project, '.env'), 0o600);
}

/**
 * Packs the hub under another version; its packages are found from where the test's hub finds them.
 * @param change what is wrong with it, in its folder
 */
function pack(version: string, change: (release: string) => void): string {
  const release = join(dir, version, 'package');
  cpSync(builtRelease(), join(release, 'dist'), { recursive: true, filter: (path) => !path.endsWith('/node_modules') });
  for (const path of ['src/process/launch.cjs', 'src/cli/launch.cjs']) cpSync(join(ROOT, path), join(release, path));
  const { name, type, engines, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(join(release, 'package.json'), JSON.stringify({ name, version, type, engines, bin }));
  const compiled = join(release, 'dist/package.json');
  writeFileSync(compiled, JSON.stringify({ ...JSON.parse(readFileSync(compiled, 'utf8')), version }));
  change(release);
  const tarball = join(dir, `valletpv-hub-${version}.tgz`);
  execFileSync('tar', ['--use-compress-program=gzip -1', '-cf', tarball, '-C', dirname(release), 'package']);
  return tarball;
}

function withMigration(release: string, text = MIGRATION): void {
  writeFileSync(join(release, 'dist/migrations/9999-made-by-upgrade.js'), text);
}

function upgradeTo(tarball: string) {
  const bin = [join(dir, 'bin'), dirname(process.execPath), npmEnv.PATH].join(delimiter);
  return runProcess([join(project, 'src/cli/launch.cjs'), 'upgrade', tarball], {
    cwd: project,
    env: { ...npmEnv, PATH: bin, UNIT_DIR: join(dir, 'units') },
  });
}

/** Tells the hub a message, again and again until it took it. */
async function post(): Promise<void> {
  const id = ++lastUpdate;
  const body = JSON.stringify(messageUpdate(id, 'Hola'));
  const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
  await vi.waitFor(async () => {
    const { status } = await fetch(`${url}/webhook/telegram/`, { method: 'POST', headers, body });
    expect(status).toBe(200);
  }, INSTALL_MS);
}

/** What runs, and what it has. */
async function state() {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const db = new SqliteDatabase(database, { readonly: true });
  try {
    const updates = db.prepare('select count(distinct update_id) from telegram_updates').pluck().get();
    const migrated =
      db.prepare("select count(*) from sqlite_schema where name = 'made_by_upgrade'").pluck().get() === 1;
    return {
      version: /version="(\d[^"]*)"/.exec(metrics)?.[1],
      updates,
      migrated,
      program: readlinkSync(join(project, 'program')),
    };
  } finally {
    db.close();
  }
}

/** The old version, with what it had, and nothing of the new one. */
async function expectAsBefore(before: Awaited<ReturnType<typeof state>>): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), WAIT_MS);
  expect(await state()).toEqual(before);
  expect(readdirSync(join(project, 'releases')).filter((name) => name !== before.program.split('/')[1])).toEqual([]);
  expect(readdirSync(dirname(database)).filter((name) => /partial|trial|before/.test(name))).toEqual([]);
  await post();
}

test('what is no package of the hub is refused', { timeout: INSTALL_MS }, async () => {
  const before = await state();
  const other = join(dir, 'other.tgz');
  writeFileSync(other, 'a letter');
  expect(await upgradeTo(other)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is no package of the hub'),
  });
  expect(await state()).toEqual(before);
});

test('a version that does not start, or whose migration fails, is left before the hub is stopped', {
  timeout: INSTALL_MS,
}, async () => {
  await post();
  const before = await state();
  const { pid } = manager;
  const dead = pack('0.2.1', (release) =>
    writeFileSync(join(release, 'dist/src/main.js'), 'throw new Error("no way");'),
  );
  const started = await upgradeTo(dead);
  expect(started).toMatchObject({ code: 1, stderr: expect.stringMatching(/0\.2\.1 does not start[\s\S]*no way/) });
  const broken = pack('0.2.2', (release) => withMigration(release, FAILS_ON_DATA));
  const migrated = await upgradeTo(broken);
  expect(migrated).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/0\.2\.2 can't bring the database[\s\S]*no such table/),
  });
  expect(manager.pid).toBe(pid);
  await expectAsBefore(before);
});

test('a version that migrates the database and then ends gives way to the one before, with its data', {
  timeout: INSTALL_MS,
}, async () => {
  await post();
  const before = await state();
  const tarball = pack('0.2.3', (release) => {
    withMigration(release);
    const main = join(release, 'dist/src/main.js');
    renameSync(main, join(release, 'dist/src/real-main.js'));
    // The trial's folder has no .env.
    const fails = `await run(process.execPath, [import.meta.dirname + '/cli/main.js', 'migrate']); process.exit(1);`;
    writeFileSync(
      main,
      `import { existsSync } from 'node:fs';\nimport { execFileSync as run } from 'node:child_process';\nif (existsSync('.env')) { ${fails} }\nawait import('./real-main.js');\n`,
    );
  });
  const { code, stderr } = await upgradeTo(tarball);
  expect({ code, stderr }).toEqual({
    code: 69,
    stderr: expect.stringContaining('The version that ran before runs again'),
  });
  // What the other one did is beside it.
  const aside = new SqliteDatabase(`${database}.failed-upgrade`, { readonly: true });
  expect(aside.prepare('select count(*) from made_by_upgrade').pluck().get()).toBe(0);
  aside.close();
  await expectAsBefore(before);
});

test('an upgrade that is killed while the hub is stopped leaves the version before, with its data', {
  timeout: INSTALL_MS,
}, async () => {
  await post();
  const before = await state();
  let killed = false;
  manager.onRequest = ({ what, askedBy }) => {
    if (what !== 'start' || killed) return false;
    killed = true;
    expect(readlinkSync(join(project, 'program'))).toContain('releases/0.2.4/');
    process.kill(askedBy, 'SIGKILL');
    return true;
  };
  const { code, stderr } = await upgradeTo(pack('0.2.4', withMigration));
  expect({ code, stderr }).toEqual({
    code: 69,
    stderr: expect.stringMatching(/was killed \(SIGKILL\)\. The version that ran/),
  });
  await expectAsBefore(before);
});

test('a disk that fills up meanwhile leaves the version before, with its data', {
  timeout: INSTALL_MS,
}, async (context) => {
  if (disk === undefined) return context.skip('this machine lets no test mount a disk');
  const { folder } = disk;
  await post();
  const before = await state();
  const filler = join(folder, 'filler');
  manager.onRequest = ({ what }) => {
    const { bavail, bsize } = statfsSync(folder);
    // Too little for a copy, enough for a hub that starts.
    if (what === 'stop' && !existsSync(filler))
      writeFileSync(filler, Buffer.alloc(bavail * bsize - (DATABASE_MEGABYTES / 2) * MEGABYTE));
    return false;
  };
  const { code, stderr } = await upgradeTo(pack('0.2.5', withMigration));
  rmSync(filler);
  expect({ code, stderr }).toEqual({
    code: 69,
    stderr: expect.stringMatching(/(?:full|ENOSPC)[\s\S]*The version that ran before runs again/),
  });
  await expectAsBefore(before);
});

test('a good version takes over, and nothing that people write meanwhile is lost', {
  timeout: INSTALL_MS,
}, async () => {
  const before = await state();
  let upgrading = true;
  const people = (async () => {
    while (upgrading) {
      await post();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { code, stdout, stderr } = await upgradeTo(pack('0.3.0', withMigration)).finally(() => {
    upgrading = false;
  });
  await people;
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Version 0\.3\.0 runs\./) });
  expect(await state()).toEqual({
    version: '0.3.0',
    updates: lastUpdate,
    migrated: true,
    program: 'releases/0.3.0/lib/node_modules/valletpv-hub',
  });
  // The copy is of before.
  const [copy = ''] = readdirSync(dirname(database)).filter((name) => name.includes('.before-upgrade-'));
  const old = new SqliteDatabase(join(dirname(database), copy), { readonly: true });
  expect(old.prepare('select count(*) from telegram_updates').pluck().get()).toBeGreaterThanOrEqual(
    Number(before.updates),
  );
  old.close();
});
