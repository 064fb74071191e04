import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { messageUpdate, WEBHOOK_SECRET } from '../support/hub.ts';
import { copyMigratedFile } from '../support/migrated-database.ts';
import { npmEnv } from '../support/npm.ts';
import { ROOT, runProcess } from '../support/process.ts';
import { builtRelease } from '../support/release.ts';
import { type ServiceManager, startServiceManager } from '../support/service-manager.ts';
import { PROGRAMS_MS, WAIT_MS } from '../support/within.ts';

const MESSAGES_PER_SECOND = 50;
const VERSION = '0.3.0';
const PROGRAM = `releases/${VERSION}/lib/node_modules/valletpv-hub`;
/** Makes a table, of which the test then knows whether it is there. */
const MIGRATION = `export async function up(db) {
  await db.schema.createTable('made_by_upgrade').addColumn('id', 'integer').execute();
}\n`;

/** One hub for both tests: what fails leaves it as it was. */
let dir: string;
let project: string;
let database: string;
let url: string;
let tarball: string;
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
  mkdirSync(join(project, 'data'));
  database = join(project, 'data/hub.db');
  copyMigratedFile(database);
  tarball = pack();
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
}, PROGRAMS_MS);

afterEach(() => {
  manager.onRequest = () => false;
});

afterAll(async () => {
  await manager?.end();
  rmSync(dir, { recursive: true, force: true });
});

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

/** Packs the hub as a version with a migration; its packages are found from where the test's hub finds them. */
function pack(): string {
  const release = join(dir, 'package');
  cpSync(builtRelease(), join(release, 'dist'), { recursive: true, filter: (path) => !path.endsWith('/node_modules') });
  for (const path of ['src/process/launch.cjs', 'src/cli/launch.cjs']) cpSync(join(ROOT, path), join(release, path));
  const { name, type, engines, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(join(release, 'package.json'), JSON.stringify({ name, version: VERSION, type, engines, bin }));
  const compiled = join(release, 'dist/package.json');
  writeFileSync(compiled, JSON.stringify({ ...JSON.parse(readFileSync(compiled, 'utf8')), version: VERSION }));
  writeFileSync(join(release, 'dist/migrations/9999-made-by-upgrade.js'), MIGRATION);
  const file = join(dir, `valletpv-hub-${VERSION}.tgz`);
  execFileSync('tar', ['--use-compress-program=gzip -1', '-cf', file, '-C', dir, 'package']);
  return file;
}

function upgrade() {
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
  }, PROGRAMS_MS);
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

test('an upgrade that is killed once the new version changed the database gives way to the one before, with its data', {
  timeout: PROGRAMS_MS,
}, async () => {
  await post();
  const before = await state();
  let killed = false;
  manager.onRequest = ({ what, askedBy }) => {
    if (what !== 'start' || killed) return false;
    killed = true;
    expect(readlinkSync(join(project, 'program'))).toBe(PROGRAM);
    const migrate = ['program/src/process/launch.cjs', 'program/dist/src/cli/main.js', 'migrate'];
    execFileSync(process.execPath, migrate, { cwd: project, env: { PATH: process.env.PATH } });
    process.kill(askedBy, 'SIGKILL');
    return true;
  };
  const { code, stderr } = await upgrade();
  expect({ code, stderr }).toEqual({
    code: 69,
    stderr: expect.stringMatching(/was killed \(SIGKILL\)\. The version that ran before runs again, with its data/),
  });
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), WAIT_MS);
  expect(await state()).toEqual(before);
  expect(readdirSync(join(project, 'releases'))).not.toContain(VERSION);
  // What the other one did is beside it.
  expect(readdirSync(dirname(database)).filter((name) => /partial|trial|before/.test(name))).toEqual([]);
  expect(tablesOf(`${database}.failed-upgrade`)).toContain('made_by_upgrade');
});

test('a good version takes over, and nothing that people write meanwhile is lost', {
  timeout: PROGRAMS_MS,
}, async ({ annotate }) => {
  await post();
  const before = await state();
  const finished = new AbortController();
  const people = (async () => {
    while (!finished.signal.aborted) {
      await post();
      await setTimeout(1_000 / MESSAGES_PER_SECOND);
    }
  })();
  const { code, stdout, stderr } = await upgrade().finally(() => finished.abort());
  await people;
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Version 0\.3\.0 runs\./) });
  await annotate(stdout);
  expect(await state()).toEqual({ version: VERSION, updates: lastUpdate, migrated: true, program: PROGRAM });
  expect(lastUpdate).toBeGreaterThan(Number(before.updates));
  // The copy is of before.
  const [copy = ''] = readdirSync(dirname(database)).filter((name) => name.includes('.before-upgrade-'));
  expect(tablesOf(join(dirname(database), copy))).not.toContain('made_by_upgrade');
});

function tablesOf(file: string): unknown[] {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return db.prepare('select name from sqlite_schema').pluck().all();
  } finally {
    db.close();
  }
}
