import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { freshDatabase } from '../support/hub.ts';

const LOG_BYTES = 8 * 1024 * 1024;

test('a long log is written back into the file beside the hub’s own work, and is gone after closing', async () => {
  const url = await freshDatabase('sqlite');
  const file = url.slice('sqlite:'.length);
  const db = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  await migrate(db);
  const write = (key: string) =>
    db.transact(async (tx) => {
      await tx.kysely
        .insertInto('settings')
        .values({ key, value: 'x'.repeat(64 * 1024) })
        .execute();
    });
  for (let i = 0; statSync(`${file}-wal`).size < LOG_BYTES; i++) await write(`before ${i}`);
  const before = statSync(file).size;
  const [during] = await Promise.all([write('during'), db.tidy()]);
  expect(during).toBeUndefined();
  expect(statSync(file).size).toBeGreaterThan(before + LOG_BYTES / 2);
  // Nothing was written since: there is nothing to do.
  await db.tidy();
  await db.tidy();
  await db.close();
  expect(existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0).toBe(false);
  const again = openDatabase({ DATABASE_URL: url, DATABASE_DURABILITY: 'full' });
  const rows = await again.read.selectFrom('settings').select('key').where('key', '=', 'during').execute();
  await again.close();
  expect(rows).toEqual([{ key: 'during' }]);
});
