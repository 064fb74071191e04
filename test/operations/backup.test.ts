import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import { requireSpace } from '../../src/operations/backup/space.ts';
import { backupUnderLoad } from '../chaos/backup-under-load.ts';
import { cli, cliProcess } from '../support/cli.ts';
import { freshDatabase, startHub } from '../support/hub.ts';
import { largeDatabase } from '../support/large-database.ts';
import { ROOT, startProcess } from '../support/process.ts';
import { shareOfTestMs } from '../support/within.ts';

const PROGRAM = join(ROOT, 'src/cli/main.ts');

function fileOf(databaseUrl: string): string {
  return databaseUrl.slice('sqlite:'.length);
}

/** What is beside the database apart from what SQLite has there. */
function leftOf(databaseUrl: string): string[] {
  return readdirSync(dirname(fileOf(databaseUrl))).filter((name) => !/^hub\.db(-wal|-shm|-hub)?$/.test(name));
}

describe('a backup', () => {
  test('that is made while updates come in holds all that was acknowledged before, and is whole', async () => {
    const result = await backupUnderLoad({ rows: 20_000, perSecond: 300, seconds: 1 });
    expect(result).toMatchObject({ missing: 0, integrity: 'ok' });
    expect(result.acknowledged).toBeGreaterThan(100);
  });

  test('is one file for this user alone, and says what it is', async () => {
    const hub = await startHub();
    await hub.message(1, 'Hola');
    const file = join(dirname(fileOf(hub.databaseUrl)), 'copy.db');
    const { code, stdout, stderr } = await cliProcess(hub, ['backup', file, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      file,
      bytes: statSync(file).size,
      migrations: expect.arrayContaining(['0001-first']),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(leftOf(hub.databaseUrl)).toEqual(['copy.db']);
    const copy = new SqliteDatabase(file, { readonly: true });
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(copy.prepare('select update_id from telegram_updates').pluck().all()).toEqual([1]);
    copy.close();
    expect(leftOf(hub.databaseUrl)).toEqual(['copy.db']);
  });

  test('replaces a file only where it is told to, and never the database', async () => {
    const hub = await startHub();
    const folder = dirname(fileOf(hub.databaseUrl));
    const file = join(folder, 'copy.db');
    writeFileSync(file, 'a letter');
    const refused = await cli(hub, ['backup', file]);
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `${file} is there already: choose another name, or give --force.\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('a letter');
    expect((await cli(hub, ['backup', file, '--force'])).code).toBe(0);
    for (const own of ['hub.db', 'hub.db-wal', 'hub.db-shm', 'hub.db-journal']) {
      const { code, stderr } = await cli(hub, ['backup', join(folder, own), '--force']);
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to the database') });
    }
    mkdirSync(join(folder, 'sub'));
    expect((await cli(hub, ['backup', join(folder, 'sub'), '--force'])).stderr).toContain('is no file');
    expect((await cli(hub, ['backup', join(folder, 'none', 'copy.db')])).stderr).toContain('There is no folder');
    expect((await hub.message(1, 'Hola')).status).toBe(200);
  });

  test('that is killed leaves nothing under its name, and the next one cleans up', async () => {
    const databaseUrl = await largeDatabase(60);
    const folder = dirname(fileOf(databaseUrl));
    const file = join(folder, 'copy.db');
    const running = startProcess([PROGRAM, 'backup', file], { env: { DATABASE_URL: databaseUrl } });
    await vi.waitFor(
      () => expect(leftOf(databaseUrl)).toContainEqual(expect.stringMatching(/^copy\.db\.partial-\d+$/)),
      { timeout: shareOfTestMs(), interval: 5 },
    );
    running.child.kill('SIGKILL');
    expect(await running.ended).toBeNull();
    expect(existsSync(file)).toBe(false);
    expect((await cli({ databaseUrl }, ['backup', file])).code).toBe(0);
    expect(leftOf(databaseUrl)).toEqual(['copy.db']);
  });

  test('of a damaged database is refused, and nothing is left', async () => {
    const databaseUrl = await largeDatabase(3);
    truncateSync(fileOf(databaseUrl), 2_000_000);
    const file = join(dirname(fileOf(databaseUrl)), 'copy.db');
    const { code, stderr } = await cli({ databaseUrl }, ['backup', file]);
    expect(code).toBe(1);
    expect(stderr).not.toContain('    at ');
    expect(leftOf(databaseUrl)).toEqual([]);
  });

  test('asks for room before it begins', () => {
    const sentence = /^The disk of \/ has [\d,]+ MB free, and the copy takes [\d,]+ MB: make room, .+\.$/;
    expect(() => requireSpace('/', Number.MAX_SAFE_INTEGER)).toThrow(sentence);
    expect(() => requireSpace('/', 1)).not.toThrow();
  });

  test.each([
    ['sqlite:/nowhere/hub.db', 69, 'There is no database at /nowhere/hub.db'],
    ['postgres://hub:hidden@127.0.0.1:9/hub', 69, "The PostgreSQL database can't be reached"],
  ])('of %s says what to do', async (databaseUrl, code, sentence) => {
    const result = await cli({ databaseUrl }, ['backup', 'copy.db']);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(result.stderr).not.toContain('hidden');
  });

  test('takes one file', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    for (const words of [['backup'], ['backup', 'a', 'b'], ['restore'], ['restore', 'a', 'b']]) {
      expect((await cli({ databaseUrl }, words)).code).toBe(64);
    }
  });
});
