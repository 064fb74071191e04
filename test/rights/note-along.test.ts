import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/open.ts';
import type { RequestStep } from '../../src/db/rights-tables.ts';
import { type ErasureNotes, erasureNotes } from '../../src/rights/erasure-notes.ts';
import { NOTED_BY_ALL_MS, noteAlong } from '../../src/rights/note-along.ts';
import { rightsWork } from '../../src/rights/rights.ts';
import { freshDatabase } from '../support/hub.ts';
import { testFolder } from '../support/test-folder.ts';

// Several hubs share a database, and each has a file of notes on its own host.

const ANA = 1001;
const SEVERAL_PAGES = 450;
const nothing = { kind: 'erasure', language_code: 'es', instructions_to: 0, pushes_to: 0, farewell_id: null } as const;

async function scene(): Promise<{
  db: Database;
  notes: ErasureNotes;
  ask(ids: number[], step: RequestStep): Promise<void>;
}> {
  const db = openDatabase({ DATABASE_URL: await freshDatabase('sqlite', 'migrated'), DATABASE_DURABILITY: 'normal' });
  onTestFinished(() => db.close());
  const folder = testFolder('notes');
  const ask = async (ids: number[], step: RequestStep) => {
    const rows = ids.map((id) => ({ ...nothing, id: idOf(id), telegram_id: id, asked_at: 5, step, done_at: null }));
    await db.transact((tx) => tx.kysely.insertInto('person_requests').values(rows).execute());
  };
  return { db, ask, notes: erasureNotes(join(folder, 'hub-erased')) };
}

const idOf = (id: number) => `00000000-0000-7000-8000-${String(id).padStart(12, '0')}`;

test('a hub notes the erasures that another one noted, each once, and those alone', async () => {
  const { db, notes, ask } = await scene();
  const along = noteAlong({ db, notes });
  await along();
  // No file is made for nothing.
  expect(await notes.read()).toBeUndefined();
  await ask([ANA], 'noting');
  await along();
  expect(await notes.read()).toBeUndefined();
  const others = Array.from({ length: SEVERAL_PAGES }, (_, i) => 5_000 + i);
  await ask(others, 'waiting');
  await along();
  await along();
  // After a new start it knows what is in its file.
  await noteAlong({ db, notes })();
  const written = await notes.read();
  expect(written?.notes).toEqual(others.map((id) => ({ id: idOf(id), at: 5, person: written?.personOf(id) })));
});

test('an erasure stays open until all hubs had the time to note it', async () => {
  const { db, notes, ask } = await scene();
  await ask([ANA], 'waiting');
  const textsOf = () => ({ erased: '', exported: '', exportedPart: () => '' });
  const uploads = { save: () => Promise.reject(new Error('none')), remove: async () => {} };
  const work = rightsWork({ db, notes, uploads, textsOf, notedByAllMs: NOTED_BY_ALL_MS });
  const rows = () => db.read.selectFrom('person_requests').select(['telegram_id', 'step']).execute();
  await work(1_000);
  await work(1_000 + NOTED_BY_ALL_MS - 1);
  expect(await rows()).toEqual([{ telegram_id: ANA, step: 'waiting' }]);
  await work(1_000 + NOTED_BY_ALL_MS);
  expect(await rows()).toEqual([{ telegram_id: null, step: 'done' }]);
});
