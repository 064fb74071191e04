import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { erasureNotes } from '../../src/rights/erasure-notes.ts';
import { testFolder } from '../support/test-folder.ts';

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

test('a note is read again, without the id of its person; one that a power cut left unfinished is none', async () => {
  const file = join(testFolder('notes'), 'deep', 'hub.db-erased');
  const notes = erasureNotes(file);
  expect(await notes.read()).toBeUndefined();
  await notes.note({ id: idOf(1), at: 10, telegramId: 7_412_589_036 });
  appendFileSync(file, `${idOf(2)} 20 abc`);
  await notes.note({ id: idOf(3), at: 30, telegramId: 42 });
  const read = await erasureNotes(file).read();
  expect(read?.notes).toEqual([
    { id: idOf(1), at: 10, person: read?.personOf(7_412_589_036) },
    { id: idOf(3), at: 30, person: read?.personOf(42) },
  ]);
  expect(read?.personOf(43)).not.toBe(read?.personOf(42));
  expect(readFileSync(file, 'utf8')).not.toMatch(/7412589036|\b42\b/);
});

test('of too many notes the newer half stays', async () => {
  const file = join(testFolder('notes'), 'hub.db-erased');
  const notes = erasureNotes(file, 4);
  for (const n of [1, 2, 3, 4, 5]) await notes.note({ id: idOf(n), at: n, telegramId: n });
  expect((await notes.read())?.notes.map(({ at }) => at)).toEqual([4, 5]);
  expect((await notes.read())?.notes.map(({ at }) => at)).toEqual([4, 5]);
});

test('a file that is none of notes is refused with a sentence, and stays as it is', async () => {
  const file = join(testFolder('notes'), 'hub.db-erased');
  writeFileSync(file, 'something else\n');
  const notes = erasureNotes(file);
  const refused = /The notes of erasures \S+ can't be read or written \(it is not a file of erasures\)/;
  await expect(notes.read()).rejects.toThrow(refused);
  await expect(notes.note({ id: idOf(1), at: 1, telegramId: 1 })).rejects.toThrow(refused);
  expect(readFileSync(file, 'utf8')).toBe('something else\n');
});
