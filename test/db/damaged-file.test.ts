import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { damageOf } from '../../src/db/quick-check.ts';
import { garblePages } from '../support/garble.ts';
import { freshDatabase } from '../support/hub.ts';

const opening = (path: string, isHub: boolean) =>
  openDatabase({ DATABASE_URL: `sqlite:${path}`, DATABASE_DURABILITY: 'full' }, { hub: isHub ? {} : undefined });

/** A database as a killed hub leaves it, with its log beside it. */
async function leftBehind(): Promise<string> {
  const path = (await freshDatabase('sqlite')).slice('sqlite:'.length);
  const first = opening(path, false);
  await migrate(first);
  await first.close();
  const db = opening(path, false);
  onTestFinished(() => db.close());
  await db.transact((tx) => tx.kysely.insertInto('settings').values({ key: 'a', value: 'b' }).execute());
  const left = `${path}.left`;
  copyFileSync(path, left);
  copyFileSync(`${path}-wal`, `${left}-wal`);
  return left;
}

test('a file that was not closed is read through at the start, and is whole', async () => {
  const path = await leftBehind();
  const db = opening(path, true);
  onTestFinished(() => db.close());
  expect(await db.read.selectFrom('settings').select('value').execute()).toEqual([{ value: 'b' }]);
});

test('a damaged file that was not closed is refused at the start, and the sentence says damaged', async () => {
  const path = await leftBehind();
  garblePages(path, 'instructions');
  expect(() => opening(path, true)).toThrow(/damaged.*restore/);
  expect(() => opening(path, true)).not.toThrow(/may write/);
});

test('a file that is cut short is damaged, for the start and for doctor', async () => {
  const path = await leftBehind();
  truncateSync(path, Math.floor(statSync(path).size / 8_192) * 4_096);
  expect(() => opening(path, true)).toThrow(/damaged.*restore/);
  expect(damageOf(path)).not.toEqual([]);
});
