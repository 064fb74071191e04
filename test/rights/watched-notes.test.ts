import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { erasureNotes, erasureNotesFile, NotesFault } from '../../src/rights/erasure-notes.ts';
import { watchedNotes } from '../../src/rights/watched-notes.ts';
import { startHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 7_412_589_036;
const WAITING = 'erasures can not be noted, and wait; they are tried again';
const AGAIN = 'erasures are noted again';

test('notes that can not be written are one line a minute, and one when they can', async () => {
  const file = join(testFolder('notes'), 'hub.db-erased');
  const { log, lines } = keptLog();
  let now = 0;
  const notes = watchedNotes(erasureNotes(file), { log, now: () => now });
  const note = (id: string) => notes.note({ id, at: 1, telegramId: ANA });
  const said = () => lines.map(({ msg }) => msg);

  writeFileSync(file, 'something else\n');
  for (now of [0, 1_000, 59_999]) await expect(note(crypto.randomUUID())).rejects.toThrow(NotesFault);
  expect(said()).toEqual([WAITING]);
  now = 60_000;
  await expect(note(crypto.randomUUID())).rejects.toThrow(NotesFault);
  expect(said()).toEqual([WAITING, WAITING]);
  expect(JSON.stringify(lines)).toContain(file);

  rmSync(file);
  for (const id of [crypto.randomUUID(), crypto.randomUUID()]) await note(id);
  expect(said()).toEqual([WAITING, WAITING, AGAIN]);
  expect((await notes.read())?.notes).toHaveLength(2);
});

test('an erasure waits for its note, and goes on by itself; no line says that maintenance failed', async () => {
  const { log, lines } = keptLog();
  const hub = await startHub({ log });
  await hub.tpv();
  await hub.message(1, 'Hola', ANA);
  const file = erasureNotesFile({ DATABASE_URL: hub.databaseUrl });
  writeFileSync(file, 'something else\n');
  const said = (msg: string) => lines.filter((line) => line.msg === msg);
  expect(await hub.admin(`/api/admin/users/${ANA}`, { method: 'DELETE' })).toMatchObject({ status: 202 });
  await vi.waitFor(() => expect(said(WAITING)).not.toEqual([]), WAIT_MS);
  const step = async () => (await hub.hub.db.read.selectFrom('person_requests').select('step').execute())[0]?.step;
  expect(await step()).toBe('noting');
  rmSync(file);
  await vi.waitFor(async () => expect(await step()).toBe('waiting'), WAIT_MS);
  expect(said(AGAIN)).toHaveLength(1);
  expect(said('maintenance failed; it is tried again')).toEqual([]);
});
