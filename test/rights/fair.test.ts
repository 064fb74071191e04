import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { askExport } from '../../src/rights/ask-export.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { WAIT_MS } from '../support/within.ts';

/** More than are looked at in one tick. */
const WAITING = 150;
const FIRST = 1001;
const BEFORE = 1;
const BEHIND = 9_000;

async function erase({ message, admin }: TestHub, updateId: number, id: number): Promise<void> {
  await message(updateId, 'Un té', id);
  expect(await admin(`/api/admin/users/${id}`, { method: 'DELETE' })).toMatchObject({ status: 202 });
}

async function stepsOf({ hub }: TestHub, id: number): Promise<string[]> {
  const rows = await hub.db.read.selectFrom('person_requests').select('step').where('telegram_id', '=', id).execute();
  return rows.map(({ step }) => step);
}

describe.each(DIALECTS)('an erasure on %s', (database) => {
  test('does not wait for all those that wait for Telegram', async () => {
    const hub = await startHub({ database });
    hub.emulator.off(true);
    const erased = { kind: 'erasure', language_code: 'es', asked_at: 1, step: 'farewell' } as const;
    const nothing = { instructions_to: 0, pushes_to: 0, farewell_id: null, done_at: null };
    const rows = Array.from({ length: WAITING }, (_, i) => ({
      ...erased,
      ...nothing,
      id: `erasure ${i}`,
      telegram_id: FIRST + i,
    }));
    await hub.hub.db.transact((tx) => tx.kysely.insertInto('person_requests').values(rows).execute());
    await vi.waitFor(async () => {
      const asked = await hub.hub.db.read.selectFrom('person_requests').select('farewell_id').execute();
      expect(asked.filter(({ farewell_id: id }) => id !== null)).toHaveLength(WAITING);
    }, WAIT_MS);
    await erase(hub, 1, BEHIND);
    await erase(hub, 2, BEFORE);
    for (const id of [BEHIND, BEFORE]) {
      await vi.waitFor(async () => expect(await stepsOf(hub, id)).toEqual(['farewell']), WAIT_MS);
    }
    expect(await stepsOf(hub, FIRST)).toEqual(['farewell']);
  });
});

test('an erasure does not wait for a document that can’t be written', async () => {
  const hub = await startHub();
  writeFileSync(join(dirname(hub.databaseUrl.slice('sqlite:'.length)), 'uploads'), 'no folder');
  await hub.message(1, 'Un café', BEFORE);
  const person = { telegramId: BEFORE, languageCode: 'es' };
  await hub.hub.db.transact((tx) => askExport(tx, person, hub.clock.now()));
  await erase(hub, 2, BEHIND);
  await vi.waitFor(async () => expect(await stepsOf(hub, BEHIND)).toEqual([]), WAIT_MS);
  expect(await stepsOf(hub, BEFORE)).toEqual(['writing']);
});
