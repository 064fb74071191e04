import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { copyName } from '../../src/operations/backup/copies.ts';
import { NightlyBackup, type NightlyBackupPorts } from '../../src/operations/backup/nightly-backup.ts';
import { requireShare, sizeOfSqlite } from '../../src/operations/backup/space.ts';
import { testClock, turns } from '../support/clock.ts';
import { keptLog } from '../support/log.ts';
import { WAIT_MS } from '../support/within.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 04:30 in Madrid. */
const NIGHT = Date.UTC(2026, 10, 28, 3, 30);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'nightly-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** One that starts an hour before the night; `copy` writes a byte unless a test says otherwise. */
function nightly(ports: Partial<NightlyBackupPorts> = {}, settle?: () => Promise<void>) {
  const { log, lines } = keptLog();
  const clock = testClock(NIGHT - HOUR_MS, settle ?? (() => backup.look()));
  const tries: number[] = [];
  const dir = ports.folder ?? folder();
  const copy = ports.copy ?? (async (target) => writeFileSync(target, 'x'));
  const backup = new NightlyBackup({
    clock,
    log,
    kind: 'db',
    nightly: { at: '04:30', zone: 'Europe/Madrid' },
    isCopyable: () => true,
    async requireRoom() {},
    ...ports,
    folder: dir,
    copy(target, signal) {
      tries.push(clock.now());
      return copy(target, signal);
    },
  });
  onTestFinished(() => backup.stop());
  const said = (msg: RegExp) => lines.filter((line) => msg.test(String(line.msg)));
  return { backup, clock, tries, said };
}

const MADE = /^made the nightly copy/;
const FAILED = /^could not make the nightly copy/;

describe('a nightly copy', () => {
  test('gives up what is old once it is whole, and nothing but copies of the hub’s own', async () => {
    const dir = folder();
    const old = Array.from({ length: 60 }, (_, ago) => copyName(NIGHT - (ago + 1) * DAY_MS));
    for (const name of old) writeFileSync(join(dir, name), 'x');
    const others = ['hub.db', 'hub-2026-01-01.db', 'letter.txt', 'hub-2026-01-01T033000Z.db.gpg'];
    for (const name of others) writeFileSync(join(dir, name), 'mine');
    symlinkSync(join(dir, 'letter.txt'), join(dir, 'hub-2026-01-02T033000Z.db'));
    const { clock, said } = nightly({ folder: dir });
    await clock.advance(HOUR_MS + MINUTE_MS);
    const stay = readdirSync(dir).filter((name) => !others.includes(name));
    expect(stay.sort()).toEqual(
      [
        'hub-2026-01-02T033000Z.db',
        ...['10-25', '11-01', '11-08', '11-15'].map((day) => `hub-2026-${day}T033000Z.db`),
        ...['22', '23', '24', '25', '26', '27', '28'].map((day) => `hub-2026-11-${day}T033000Z.db`),
      ].sort(),
    );
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(others));
    expect(said(/./)).toMatchObject([{ copy: copyName(NIGHT), bytes: 1, removed: expect.any(Array) }]);
    expect(said(MADE)).toHaveLength(1);
  });

  test('that fails gives nothing up, is tried again after an hour, and is told as late until one is made', async () => {
    const dir = folder();
    const old = Array.from({ length: 20 }, (_, days) => copyName(NIGHT - (days + 2) * DAY_MS));
    for (const name of old) writeFileSync(join(dir, name), 'x');
    let broken = true;
    const { backup, clock, said, tries } = nightly({
      folder: dir,
      async copy(target) {
        if (broken) throw new Error('made up');
        writeFileSync(target, 'x');
      },
    });
    expect(backup.state()).toMatchObject({ folder: dir, fault: undefined, isLate: false });
    await clock.advance(MINUTE_MS);
    expect(said(FAILED)[0]).toMatchObject({ fault: 'failed', err: { message: 'made up' } });
    expect(backup.state()).toMatchObject({ fault: 'failed', isLate: true, newest: { name: old[0] } });
    await clock.advance(HOUR_MS - 2 * MINUTE_MS);
    expect(tries).toHaveLength(1);
    await clock.advance(2 * MINUTE_MS);
    expect(said(FAILED)).toHaveLength(2);
    expect(readdirSync(dir).sort()).toEqual(old.sort());
    broken = false;
    await clock.advance(HOUR_MS + MINUTE_MS);
    expect(said(MADE)).toHaveLength(1);
    expect(backup.state()).toMatchObject({ fault: undefined, isLate: false });
  });

  test('is not begun where the disk would fall under a tenth, nor where the folder can’t be used', async () => {
    const database = join(folder(), 'hub.db');
    writeFileSync(database, Buffer.alloc(1_000_000));
    writeFileSync(`${database}-wal`, Buffer.alloc(500_000));
    const room = (freeBytes: number) => async () => ({ freeBytes, sizeBytes: 20_000_000 });
    const bytes = await sizeOfSqlite(database);
    await requireShare('/copies', bytes, room(3_500_000));
    const refused = requireShare('/copies', bytes, room(3_499_999));
    await expect(refused).rejects.toThrow(HubError);
    await expect(refused).rejects.toThrow(/^The disk of \/copies has 4 MB free of 20 MB, and the copy takes 2 MB: /);
    const full = nightly({ requireRoom: (dir) => requireShare(dir, bytes, room(0)) });
    await full.clock.advance(MINUTE_MS);
    expect(full.said(FAILED)).toHaveLength(1);
    expect(full.backup.state()).toMatchObject({ fault: 'no_room', isLate: true });
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const { backup, clock, said, tries } = nightly({ folder: file });
    await clock.advance(MINUTE_MS);
    expect(said(FAILED)).toHaveLength(1);
    expect(backup.state()).toMatchObject({ fault: 'folder', isLate: true, newest: undefined });
    expect([...full.tries, ...tries]).toEqual([]);
  });

  test('makes its folder, and clears away what a killed one left there', async () => {
    const dir = join(folder(), 'data', 'backups');
    const { clock, said } = nightly({ folder: dir });
    await clock.advance(MINUTE_MS);
    expect(said(MADE)).toHaveLength(1);
    const left = `${copyName(NIGHT - DAY_MS)}.partial-999999999`;
    for (const name of [left, `${left}-journal`, 'copy.db.partial-999999999']) writeFileSync(join(dir, name), 'x');
    await clock.advance(HOUR_MS);
    expect(said(MADE)).toHaveLength(2);
    expect(readdirSync(dir).sort()).toEqual(['copy.db.partial-999999999', copyName(NIGHT)]);
  });

  test('is not made of a database that was replaced under the hub', async () => {
    let lost = true;
    const { clock, said, tries } = nightly({ isCopyable: () => !lost });
    await clock.advance(5 * MINUTE_MS);
    expect([tries, said(/./)]).toEqual([[], []]);
    lost = false;
    await clock.advance(MINUTE_MS);
    expect(said(MADE)).toHaveLength(1);
  });

  test('that is under way ends with the hub, and is no fault', async () => {
    let begun = false;
    const copy: NightlyBackupPorts['copy'] = (_, signal) => {
      begun = true;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    const { backup, clock, said } = nightly({ copy }, turns);
    await clock.advance(MINUTE_MS);
    await vi.waitFor(() => expect(begun).toBe(true), WAIT_MS);
    await backup.stop();
    expect(said(/./)).toEqual([]);
    expect(backup.state()).toMatchObject({ fault: undefined, newest: undefined });
  });
});
