import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { cli, cliProcess } from '../support/cli.ts';
import { fetchJson, freshDatabase, messageUpdate, startHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';

const HUB_RUNS = /^A hub already runs on the database \S+ \(process \d+ on [^)]+\): stop it first\.\n$/;

function fileOf(databaseUrl: string): string {
  return databaseUrl.slice('sqlite:'.length);
}

function updateIds(file: string): unknown[] {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return db.prepare('select update_id from telegram_updates order by seq').pluck().all();
  } finally {
    db.close();
  }
}

/** A database with update 1, a copy of that beside it, and update 2 that came later. */
async function copied() {
  const hub = await startHub();
  const { databaseUrl } = hub;
  const file = fileOf(databaseUrl);
  const copy = join(dirname(file), 'copy.db');
  await hub.message(1, 'before the copy');
  expect((await cli(hub, ['backup', copy])).code).toBe(0);
  await hub.message(2, 'after the copy');
  return { hub, databaseUrl, file, copy };
}

function names(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => !/-(wal|shm|hub)$/.test(name));
}

describe('restoring', () => {
  test('brings the copy’s content back, keeps what was there, and goes back again', async () => {
    const { hub, databaseUrl, file, copy } = await copied();
    await hub.close();
    const { code, stdout } = await cliProcess({ databaseUrl }, ['restore', copy, '--json']);
    expect(code).toBe(0);
    const { before, waiting } = JSON.parse(stdout);
    expect(waiting).toEqual([]);
    expect(before).toMatch(/hub\.db\.before-restore-\d{4}-\d\d-\d\dT\d{6}Z$/);
    expect([updateIds(file), updateIds(before), updateIds(copy)]).toEqual([[1], [1, 2], [1]]);
    const again = await startHub({ databaseUrl });
    expect((await again.message(2, 'once more')).status).toBe(200);
    await again.close();
    const back = await cli({ databaseUrl }, ['restore', before]);
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect(back.stdout).toMatch(/this goes back: npx valletpv-hub restore \S+before-restore-\S+\n$/);
    expect(updateIds(file)).toEqual([1, 2]);
    expect(names(file).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('is refused while a hub runs, and the hub goes on', async () => {
    const { hub, databaseUrl, file, copy } = await copied();
    const { code, stderr } = await cli({ databaseUrl }, ['restore', copy]);
    expect({ code, stderr }).toEqual({ code: 69, stderr: expect.stringMatching(HUB_RUNS) });
    await hub.message(3, 'Hola');
    expect(updateIds(file)).toEqual([1, 2, 3]);
    expect(names(file)).toEqual(['copy.db', 'hub.db']);
  });

  test('is refused while a hub runs whose file was deleted: it alone holds what was written', async () => {
    const { databaseUrl, file, copy } = await copied();
    rmSync(file);
    const { code, stderr } = await cli({ databaseUrl }, ['restore', copy]);
    expect({ code, stderr }).toEqual({ code: 69, stderr: expect.stringMatching(HUB_RUNS) });
    expect(existsSync(file)).toBe(false);
  });

  test('is refused while another program has the database open', async () => {
    const { databaseUrl, file, copy, hub } = await copied();
    await hub.close();
    const other = new SqliteDatabase(file);
    other.prepare('select 1 from sqlite_schema').get();
    const { code, stderr } = await cli({ databaseUrl }, ['restore', copy]);
    other.close();
    expect({ code, stderr }).toEqual({
      code: 69,
      stderr: `${file} is in use: stop the hub, and whatever else has it open, and try again.\n`,
    });
  });

  test('after a hub was killed keeps also what was in its log alone', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    const [file, copy] = [fileOf(databaseUrl), join(dirname(fileOf(databaseUrl)), 'copy.db')];
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const hub = await startHubProcess({ databaseUrl, emulator });
    expect((await cli({ databaseUrl }, ['backup', copy])).code).toBe(0);
    const headers = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
    await fetchJson(`${hub.url}/webhook/telegram/`, { method: 'POST', json: messageUpdate(7, 'Hola'), headers });
    hub.process.child.kill('SIGKILL');
    await hub.process.ended;
    const { code, stdout } = await cli({ databaseUrl }, ['restore', copy, '--json']);
    expect(code).toBe(0);
    const { before } = JSON.parse(stdout);
    expect(existsSync(`${file}-wal`) || existsSync(`${before}-wal`)).toBe(false);
    expect([updateIds(file), updateIds(before)]).toEqual([[], [7]]);
  });

  test('refuses what is no whole copy of a hub’s database, and changes nothing', async () => {
    const { hub, databaseUrl, file, copy } = await copied();
    await hub.close();
    const folder = dirname(file);
    const bad = (name: string) => join(folder, name);
    writeFileSync(bad('letter'), 'a letter to a friend, and nothing that a database begins with');
    writeFileSync(bad('empty'), '');
    new SqliteDatabase(bad('other')).exec('create table shopping (item text)').close();
    copyFileSync(copy, bad('cut'));
    truncateSync(bad('cut'), 40_960);
    const bytes = readFileSync(copy);
    bytes.fill(0xff, 8_192, 16_384);
    writeFileSync(bad('scratched'), bytes);
    copyFileSync(copy, bad('newer'));
    const newer = new SqliteDatabase(bad('newer'));
    newer.prepare('insert into kysely_migration (name, timestamp) values (?, ?)').run('9999-later', 'later');
    newer.close();
    const there = names(file);
    for (const [name, sentence] of [
      ['letter', 'is no SQLite database'],
      ['empty', 'is no SQLite database'],
      ['other', 'is a database, but not one of a hub'],
      ['cut', bad('cut')],
      ['scratched', bad('scratched')],
      ['newer', 'is newer than this program (it has 9999-later)'],
      ['missing', "can't be read"],
      ['hub.db', 'is the database itself'],
      ['.', "can't be read"],
    ] as const) {
      const { code, stdout, stderr } = await cli({ databaseUrl }, ['restore', bad(name)]);
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(sentence) });
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
    expect(names(file)).toEqual(there);
    expect(updateIds(file)).toEqual([1, 2]);
  });

  test('replaces a database that can not be read any more, and keeps it as it is', async () => {
    const { hub, databaseUrl, file, copy } = await copied();
    await hub.close();
    writeFileSync(file, 'what the disk made of it');
    const { code, stdout } = await cli({ databaseUrl }, ['restore', copy]);
    expect(code).toBe(0);
    expect(stdout).toContain('It could not be read (file is not a database)');
    expect(updateIds(file)).toEqual([1]);
    const before = names(file).find((name) => name.includes('before-restore')) ?? '';
    expect(readFileSync(join(dirname(file), before), 'utf8')).toBe('what the disk made of it');
  });

  test('beside the log of a database that is gone lets the copy meet no log but its own', async () => {
    const { hub, databaseUrl, file, copy } = await copied();
    // The hub's last commits, which belong to the old file: whoever opened the new one would read them into it.
    const log = join(dirname(file), 'log');
    copyFileSync(`${file}-wal`, log);
    await hub.close();
    rmSync(file);
    copyFileSync(log, `${file}-wal`);
    expect((await cli({ databaseUrl }, ['restore', copy])).code).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(updateIds(file)).toEqual([1]);
    const kept = readdirSync(dirname(file)).filter((name) => /before-restore.*-wal$/.test(name));
    expect(kept).toHaveLength(1);
  });

  test('makes a database where there is none, also from a copy that still has its log beside it', async () => {
    const { hub, file } = await copied();
    // As somebody copies files by hand, with the hub's last commits in the log.
    const byHand = join(dirname(file), 'by-hand.db');
    for (const suffix of ['', '-wal']) copyFileSync(file + suffix, byHand + suffix);
    await hub.close();
    const databaseUrl = await freshDatabase('sqlite');
    const { code, stdout } = await cli({ databaseUrl }, ['restore', byHand, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ before: null });
    expect(updateIds(fileOf(databaseUrl))).toEqual([1, 2]);
  });

  test('of a PostgreSQL that is away says so, without its password', async () => {
    const result = await cli({ databaseUrl: 'postgres://hub:hidden@127.0.0.1:9/hub' }, ['restore', 'copy.db']);
    expect(result).toMatchObject({ code: 69, stderr: expect.stringContaining("PostgreSQL database can't be reached") });
    expect(result.stderr).not.toContain('hidden');
  });
});
