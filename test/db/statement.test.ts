import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/open.ts';
import { compiler, statement } from '../../src/db/statement.ts';
import { touchUser } from '../../src/users/user.ts';
import { makeMemoryFolder } from '../support/memory-folder.ts';
import { copyMigratedFile } from '../support/migrated-database.ts';

const attended = statement<{ id: number }>()((db, p) =>
  db
    .selectFrom('telegram_users as u')
    .leftJoin('tpv_instances as t', 't.id', 'u.tpv_id')
    .select(['u.telegram_id', 't.name'])
    .where('u.telegram_id', '=', p('id')),
);

const vacated = statement<object>()((db) => db.selectFrom('tpv_instances').select('id').where('vacating', '=', 1));

const named = statement<{ name: string }>()((db, p) =>
  db.selectFrom('tpv_instances').select(['id', 'name']).where('name', '=', "it's").where('name', '=', p('name')),
);

function openMigrated() {
  const folder = makeMemoryFolder('hub-statement-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hub.db');
  copyMigratedFile(file);
  const db = openDatabase({ DATABASE_URL: `sqlite:${file}`, DATABASE_DURABILITY: 'normal' });
  onTestFinished(() => db.close());
  return db;
}

test('a statement that joins is prepared once, whatever it is asked', async () => {
  const db = openMigrated();
  const person = { username: null, firstName: 'Eva', lastName: '', languageCode: 'es' };
  await db.transact(async (tx) => {
    for (const telegramId of [1, 2, 3]) await touchUser(tx, { ...person, telegramId }, 1);
  });
  // The driver makes a function for the rows of each prepared statement.
  const rows = vi.spyOn(globalThis, 'Function');
  onTestFinished(() => rows.mockRestore());
  for (const id of [1, 2, 3]) expect(await db.query(attended, { id })).toEqual([{ telegram_id: id, name: null }]);
  expect(rows.mock.calls.length).toBeLessThanOrEqual(1);
});

test('a constant of a statement stands in its text, where a partial index is found by it', async () => {
  const db = openMigrated();
  const compile = compiler(db.writer);
  const { sql, bind } = compile(vacated);
  expect([sql.endsWith('where "vacating" = 1'), bind({})]).toEqual([true, []]);
  expect(compile(named)).toMatchObject({ sql: expect.stringContaining(`"name" = 'it''s' and "name" = +?`) });
  expect(await db.query(named, { name: "it's" })).toEqual([]);
});
