import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate, migrationStatus } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { older } from '../../src/db/sqlite.ts';
import { openLogs } from '../../src/log/log.ts';
import { uploadStore } from '../../src/push/uploads.ts';
import { DIALECTS, freshDatabase, SHARED, startHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';

function open(DATABASE_URL: string, DATABASE_DURABILITY: 'full' | 'normal' = 'full'): Database {
  const db = openDatabase({ DATABASE_URL, DATABASE_DURABILITY });
  onTestFinished(() => db.close());
  return db;
}

async function pragma(db: Database, name: string): Promise<unknown> {
  const { rows } = await sql`pragma ${sql.raw(name)}`.execute(db.writer);
  return Object.values(Object(rows[0]))[0];
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('SQLite', () => {
  test('writes its log with every commit, and keeps foreign keys', async () => {
    const db = open(await freshDatabase('sqlite'));
    expect(await pragma(db, 'journal_mode')).toBe('wal');
    expect(await pragma(db, 'synchronous')).toBe(2);
    expect(await pragma(db, 'foreign_keys')).toBe(1);
  });

  test('is less careful only where it is told so, and the log says it', async () => {
    const { log, lines } = keptLog();
    const hub = await startHub({ env: { DATABASE_DURABILITY: 'normal' }, log });
    expect(await pragma(hub.hub.db, 'synchronous')).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 40, msg: expect.stringContaining('DATABASE_DURABILITY=normal') }),
    );
  });

  test('says nothing of the kind by default', async () => {
    const { log, lines } = keptLog();
    const hub = await startHub({ log });
    // On Linux the hub syncs the log itself, beside the event loop (test/db/sync-beside.test.ts).
    expect(await pragma(hub.hub.db, 'synchronous')).toBe(process.platform === 'linux' ? 1 : 2);
    expect(JSON.stringify(lines)).not.toContain('DATABASE_DURABILITY');
  });

  test('makes its folder and its files for this user alone', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hub-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    chmodSync(dir, 0o755);
    const file = join(dir, 'new', 'data', 'hub.db');
    const db = open(`sqlite:${file}`);
    await migrate(db);
    expect(modeOf(dirname(file))).toBe(0o700);
    for (const end of ['', '-wal', '-shm']) expect([end, modeOf(`${file}${end}`)]).toEqual([end, 0o600]);
  });

  test.runIf(process.getuid?.() === 0)('made by root belongs to the owner of the folder in which it lies', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hub-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    chownSync(dir, 4_711, 4_712);
    const file = join(dir, 'new', 'data', 'hub.db');
    const db = openDatabase({ DATABASE_URL: `sqlite:${file}`, DATABASE_DURABILITY: 'full' }, { hub: {} });
    onTestFinished(() => db.close());
    await migrate(db);
    const upload = await uploadStore(join(dirname(file), 'uploads'), Date.now).save(Readable.from([Buffer.from('x')]), {
      part: 'photo',
      name: 'x.png',
      mimeType: 'image/png',
      limitBytes: 10,
    });
    const logs = await openLogs({ level: 'info', dir: join(dir, 'logs') });
    await logs.flush();
    const made = [dirname(file), file, `${file}-wal`, `${file}-shm`, `${file}-hub`];
    made.push(dirname(upload.file.path), upload.file.path, join(dir, 'logs'));
    for (const name of ['access', 'error']) made.push(join(dir, 'logs', name), join(dir, 'logs', `${name}.log`));
    const owners = made.map((path) => [path, statSync(path).uid, statSync(path).gid]);
    expect(owners).toEqual(made.map((path) => [path, 4_711, 4_712]));
  });

  test.runIf(existsSync('/proc/self'))('in a folder that can not be made is refused at once', () => {
    expect(() => open('sqlite:/proc/none/here/hub.db')).toThrow(
      /^The database \/proc\/none\/here\/hub\.db can't be opened \(ENOENT.*\): check DATABASE_URL, and that this user may write there\.$/,
    );
  });

  test('that can not be opened says where and why', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hub-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, 'no-database');
    writeFileSync(file, 'this is text, and not a database at all'.repeat(100));
    for (const path of [file, join(file, 'below', 'hub.db')]) {
      expect(() => openDatabase({ DATABASE_URL: `sqlite:${path}`, DATABASE_DURABILITY: 'full' })).toThrow(path);
    }
  });

  test('that comes with the hub is new enough', async () => {
    const db = open(await freshDatabase('sqlite'));
    const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(db.read);
    expect(older(rows[0]?.version ?? '', '3.51.3')).toBe(false);
  });

  test.each([
    ['3.51.2', true],
    ['3.51.3', false],
    ['3.51.10', false],
    ['3.9.9', true],
    ['3.52.0', false],
    ['4.0.0', false],
    ['2.99.99', true],
  ])('%s: older than 3.51.3 is %s', (version, expected) => {
    expect(older(version, '3.51.3')).toBe(expected);
  });

  test('reads through a connection that can not write', async () => {
    const db = open(await freshDatabase('sqlite'));
    await migrate(db);
    await expect(db.read.insertInto('settings').values({ key: 'a', value: 'b' }).execute()).rejects.toThrow(/readonly/);
  });
});

describe.each(DIALECTS)('the schema on %s', (dialect) => {
  test('is made by the migrations, and running them again does nothing', async () => {
    const db = open(await freshDatabase(dialect));
    expect(await migrationStatus(db)).toMatchObject({ applied: [], unknown: [] });
    const ran = await migrate(db);
    expect(ran.length).toBeGreaterThan(0);
    expect(ran).toEqual(ran.toSorted());
    // Two of one number have an order that their authors did not choose.
    const numbers = ran.map((name) => Number.parseInt(name, 10));
    expect(numbers).toEqual([...new Set(numbers)]);
    expect(await migrationStatus(db)).toEqual({ applied: ran, waiting: [], unknown: [] });
    expect(await migrate(db)).toEqual([]);
    const tables = (await db.read.introspection.getTables()).map(({ name }) => name);
    for (const name of [
      'tpv_instances',
      'api_keys',
      'telegram_users',
      'telegram_updates',
      'instructions',
      'settings',
    ]) {
      expect(tables).toContain(name);
    }
  });

  test('of a newer program is refused with a sentence, and left as it is', async () => {
    const hub = await startHub({ database: dialect });
    await hub.message(1, 'Hola');
    await hub.close();
    const db = open(hub.databaseUrl);
    const now = new Date().toISOString();
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', ${now})`.execute(db.writer);
    await expect(startHub({ databaseUrl: hub.databaseUrl, emulator: hub.emulator })).rejects.toThrow(
      /newer than this program.*9999-later/,
    );
    expect(await migrationStatus(db)).toMatchObject({ unknown: ['9999-later'] });
    expect(await db.read.selectFrom('instructions').select('status').execute()).toEqual([{ status: 'pending' }]);
  });

  test('keeps what was written over a restart', async () => {
    const hub = await startHub({ database: dialect });
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    await hub.close();
    const again = await startHub({ databaseUrl: hub.databaseUrl });
    const headers = { authorization: `ApiKey ${tpv.key}` };
    const { body } = await again.fetch('/api/tpv/instructions/', { headers });
    expect(body.instructions).toMatchObject([{ payload: { text: 'Hola' } }]);
  });

  test('holds numbers up to 2^53 and any text exactly', async () => {
    const db = open(await freshDatabase(dialect));
    await migrate(db);
    const user = {
      telegram_id: Number.MAX_SAFE_INTEGER,
      username: null,
      first_name: 'Ñ\'"\\;--\u202e👋',
      last_name: '',
      language_code: 'es',
      is_active: 1,
      tpv_id: null,
      created_at: Date.now(),
      last_interaction: 253_402_300_799_999,
      unassigned_told_at: null,
    };
    await db.transact((tx) => tx.kysely.insertInto('telegram_users').values(user).execute());
    expect(await db.read.selectFrom('telegram_users').selectAll().execute()).toMatchObject([user]);
  });
});

test('two hubs that start at once on a new PostgreSQL both start', async () => {
  const databaseUrl = await freshDatabase('postgres');
  const start = () => startHub({ databaseUrl, shared: SHARED });
  const hubs = await Promise.all([start(), start()]);
  for (const hub of hubs) expect((await hub.fetch('/readyz')).status).toBe(200);
});
