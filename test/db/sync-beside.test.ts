import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase, type Tx } from '../../src/db/open.ts';
import { statement } from '../../src/db/statement.ts';
import { HubError } from '../../src/errors.ts';
import { Events } from '../../src/events.ts';
import { type HeldDisk, heldDisk } from '../support/disk.ts';
import { freshDatabase } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

const put = statement<{ key: string; value: string }>()((db, p) =>
  db.insertInto('settings').values({ key: p('key'), value: p('value') }),
);
const putOnce = statement<{ key: string }>()((db, p) =>
  db
    .insertInto('settings')
    .values({ key: p('key'), value: '' })
    .onConflict((c) => c.column('key').doNothing())
    .returning('key'),
);
const found = statement<{ key: string }>()((db, p) =>
  db.selectFrom('settings').select('key').where('key', '=', p('key')),
);

const putting =
  (key: string, value = '') =>
  (tx: Tx) =>
    tx.run(put, { key, value });

interface Opened extends HeldDisk {
  db: Database;
  file: string;
  told: string[];
  /** Runs `fn`, and notes when its caller is told. */
  ask(name: string, fn: (tx: Tx) => Promise<unknown>): void;
  /** The keys that a read shows. */
  shown(): Promise<string[]>;
  /** Before the test ends. */
  close(): Promise<void>;
}

/** A hub's database, and the disk under it. */
async function opened(): Promise<Opened> {
  const url = await freshDatabase('sqlite');
  const held = heldDisk();
  const told: string[] = [];
  const events = new Events(() => {});
  events.on('tpv.available', ({ tpvId }) => told.push(`event ${tpvId}`));
  const options = { DATABASE_URL: url, DATABASE_DURABILITY: 'full' } as const;
  const db = openDatabase(options, { events, hub: held.disk });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= db.close());
  onTestFinished(() => {
    held.release();
    return close();
  });
  await migrate(db);
  return Object.assign(held, {
    db,
    close,
    file: url.slice('sqlite:'.length),
    told,
    ask(name: string, fn: (tx: Tx) => Promise<unknown>) {
      void db.transact(fn).then(
        () => told.push(name),
        (error: Error) => told.push(`${name}: ${error.message}`),
      );
    },
    async shown() {
      const rows = await db.read.selectFrom('settings').select('key').orderBy('key').execute();
      return rows.map(({ key }) => key);
    },
  });
}

/** Until so many syncs wait, and whatever could be told without them is. */
async function untilHeld(disk: HeldDisk, count: number): Promise<void> {
  await vi.waitUntil(() => disk.waiting === count, WAIT_MS);
  for (let i = 0; i < 10; i++) await turn();
}

test('nothing of a commit is told before it is on disk, and the next ones run meanwhile and are told in order', async () => {
  const held = await opened();
  held.hold();
  held.ask('a', (tx) => {
    tx.emit({ type: 'tpv.available', tpvId: 'a' });
    tx.afterCommit(() => held.told.push('hook a'));
    return putting('a')(tx);
  });
  await untilHeld(held, 1);
  const seen: unknown[] = [];
  held.ask('b', async (tx) => {
    seen.push(...(await tx.run(found, { key: 'a' })));
    await putting('b')(tx);
  });
  await untilHeld(held, 2);
  expect([held.told, seen]).toEqual([[], [{ key: 'a' }]]);
  held.release();
  await vi.waitUntil(() => held.told.length === 4, WAIT_MS);
  expect(held.told).toEqual(['event a', 'hook a', 'a', 'b']);
});

test('what only read waits for the sync of what it read, and so does what was refused or failed by it', async () => {
  const held = await opened();
  held.hold();
  held.ask('first', (tx) => tx.run(putOnce, { key: 'a' }));
  await untilHeld(held, 1);
  const { asked } = held;
  held.ask('again', (tx) => tx.run(putOnce, { key: 'a' }));
  await turn();
  await turn();
  held.ask('refused', async (tx) => {
    if ((await tx.run(found, { key: 'a' })).length > 0) throw new HubError('not_found', 'it is there');
  });
  await turn();
  await turn();
  held.ask('failed', async (tx) => {
    throw new Error(`${(await tx.run(found, { key: 'a' })).length} row`);
  });
  await untilHeld(held, 1);
  // None of them wrote anything: there is nothing more to sync.
  expect([held.told, held.asked]).toEqual([[], asked]);
  held.release();
  await vi.waitUntil(() => held.told.length === 4, WAIT_MS);
  expect(held.told).toEqual(['first', 'again', 'refused: it is there', 'failed: 1 row']);
});

test('a read shows what is on disk, without waiting for what is not', async () => {
  const held = await opened();
  await held.db.transact(putting('before'));
  held.hold();
  held.ask('a', putting('a'));
  await untilHeld(held, 1);
  expect(await held.shown()).toEqual(['before']);
  held.ask('b', putting('b'));
  await untilHeld(held, 2);
  held.ask('c', putting('c'));
  await turn();
  await turn();
  expect(await held.db.query(found, { key: 'a' })).toEqual([]);
  held.release();
  await vi.waitUntil(() => held.told.length === 3, WAIT_MS);
  expect(await held.shown()).toEqual(['a', 'b', 'before', 'c']);
});

test('a read shows each commit from the moment when its caller is told', async () => {
  const { db, shown } = await opened();
  const keys = Array.from({ length: 200 }, (_, i) => `k${String(i).padStart(3, '0')}`);
  const seen = keys.map(async (key) => {
    for (let i = 0; i < Number(key.slice(1)) % 7; i++) await turn();
    await db.transact(putting(key));
    return (await db.query(found, { key })).length;
  });
  expect(await Promise.all(seen)).toEqual(keys.map(() => 1));
  expect(await shown()).toEqual(keys);
});

test('a failed sync is said before anything else, tells nobody that it is kept, and is final', async () => {
  const held = await opened();
  await held.db.transact(putting('kept'));
  held.hold();
  const undone: string[] = [];
  held.ask('a', (tx) => {
    tx.emit({ type: 'tpv.available', tpvId: 'a' });
    tx.afterCommit(() => held.told.push('hook a'));
    tx.afterRollback(() => undone.push('a'));
    return putting('a')(tx);
  });
  await untilHeld(held, 1);
  held.disk.onSyncFailed = () => expect(held.told).toEqual([]);
  held.fail();
  await vi.waitUntil(() => held.told.length > 0, WAIT_MS);
  const sentence = 'The disk could not keep what was written (EIO: i/o error, fdatasync).';
  expect([held.told, undone, held.faults.map(({ message }) => message)]).toEqual([
    [`a: ${sentence}`],
    ['a'],
    [sentence],
  ]);
  held.release();
  held.ask('b', putting('b'));
  await vi.waitUntil(() => held.told.length === 2, WAIT_MS);
  expect(held.told[1]).toBe(`b: ${sentence}`);
  expect(await held.shown()).toEqual(['kept']);
  // Nothing is copied into the file from a log of which no part is sure.
  const before = statSync(held.file).mtimeMs;
  await held.close();
  expect([statSync(held.file).mtimeMs, statSync(`${held.file}-wal`).size > 0]).toEqual([before, true]);
});

test('a file that is deleted while its sync is under way confirms nothing', async () => {
  const held = await opened();
  held.hold();
  held.ask('a', putting('a'));
  await untilHeld(held, 1);
  renameSync(held.file, `${held.file}.away`);
  held.release();
  await vi.waitUntil(() => held.told.length > 0, WAIT_MS);
  expect(held.told).toEqual([`a: The database's file ${held.file} was deleted.`]);
  renameSync(`${held.file}.away`, held.file);
  await held.db.transact(putting('b'));
  expect(await held.shown()).toEqual(['a', 'b']);
});

test('the log is started anew under load, and stays the file that is synced', async () => {
  const held = await opened();
  const log = () => statSync(`${held.file}-wal`);
  const { ino } = log();
  const row = 'x'.repeat(256 * 1024);
  const sizes: number[] = [];
  for (let round = 0; round < 4; round++) {
    const all = Array.from({ length: 160 }, async (_, i) => {
      for (let turns = 0; turns < i; turns++) await turn();
      await held.db.transact(putting(`${round} ${i}`, row));
    });
    await Promise.all([...all, held.db.tidy()]);
    await held.db.tidy();
    sizes.push(log().size);
  }
  // 40 MiB a round: it does not hold what all of them wrote.
  expect(Math.max(...sizes)).toBeLessThan(100 * 1024 * 1024);
  expect(log().ino).toBe(ino);
  expect(await held.shown()).toHaveLength(640);
});

test('what more waits for the disk than may wait is refused', async () => {
  const held = await opened();
  held.hold();
  for (let i = 0; i < 20_000; i++) held.ask('ok', (tx) => tx.run(putOnce, { key: 'a' }));
  await untilHeld(held, 1);
  await expect(held.db.transact(putting('x'))).rejects.toMatchObject({ code: 'unavailable' });
  held.release();
  await vi.waitUntil(() => held.told.length === 20_000, WAIT_MS);
  await held.db.transact(putting('y'));
});

test('DATABASE_DURABILITY=normal and commands ask for no sync beside; commands have SQLite sync', async () => {
  const url = await freshDatabase('sqlite');
  const held = heldDisk();
  const normal = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'normal' }, { hub: held.disk });
  await migrate(normal);
  await normal.transact(putting('a'));
  await normal.close();
  expect(held.asked).toBe(0);
  const command = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(command.writer);
  await command.close();
  expect(rows).toEqual([{ synchronous: 2 }]);
});

test('a migration is on disk when it is done', async () => {
  const url = await freshDatabase('sqlite');
  const held = heldDisk();
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' }, { hub: held.disk });
  onTestFinished(() => db.close());
  held.hold();
  let done = false;
  const migrated = migrate(db).then(() => {
    done = true;
  });
  await untilHeld(held, 1);
  expect(done).toBe(false);
  held.release();
  await migrated;
});

test('a closed database that is opened again, with its log deleted in between, confirms what is in the new log', async () => {
  const held = await opened();
  await held.db.transact(putting('a'));
  await held.close();
  rmSync(`${held.file}-wal`, { force: true });
  expect(existsSync(`${held.file}-wal`)).toBe(false);
  const again = openDatabase({ DATABASE_URL: `sqlite:${held.file}`, DATABASE_DURABILITY: 'full' }, { hub: held.disk });
  onTestFinished(() => again.close());
  const { asked } = held;
  await again.transact(putting('b'));
  expect(held.asked).toBe(asked + 1);
  expect(statSync(`${held.file}-wal`).size).toBeGreaterThan(0);
});
