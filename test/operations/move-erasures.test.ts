import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { erasureNotes, erasureNotesFile } from '../../src/rights/erasure-notes.ts';
import { cli } from '../support/cli.ts';
import { freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import { copyPostgresDatabase } from '../support/postgres.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 7_412_589_036;
const EVA = 1002;

const notesOf = (databaseUrl: string) => erasureNotesFile({ DATABASE_URL: databaseUrl });

function move(databaseUrl: string, target: string) {
  return cli({ databaseUrl }, ['migrate', '--to', '-', '--json'], { input: `${target}\n` });
}

async function peopleOf({ hub }: TestHub): Promise<number[]> {
  const people = await hub.db.read.selectFrom('telegram_users').select('telegram_id').orderBy('telegram_id').execute();
  return people.map(({ telegram_id: id }) => Number(id));
}

/** A hub on SQLite that has Ana and Eva, and is closed. */
async function withPeople(): Promise<string> {
  const hub = await startHub();
  await hub.tpv();
  await hub.message(1, 'de Ana', ANA);
  await hub.message(2, 'de Eva', EVA);
  await hub.close();
  return hub.databaseUrl;
}

async function erase(databaseUrl: string, id: number): Promise<void> {
  const hub = await startHub({ databaseUrl });
  expect(await hub.admin(`/api/admin/users/${id}`, { method: 'DELETE' })).toMatchObject({ status: 202 });
  await vi.waitFor(async () => {
    const steps = await hub.hub.db.read.selectFrom('person_requests').select('step').execute();
    expect(steps.filter(({ step }) => step !== 'waiting' && step !== 'done')).toEqual([]);
  }, WAIT_MS);
  await hub.close();
}

describe('moving to PostgreSQL after an erasure', () => {
  test('brings the notes of it along, once: a copy from before brings the person back there no more than here', async () => {
    const databaseUrl = await withPeople();
    const [before, target] = [await freshDatabase('postgres'), await freshDatabase('postgres')];
    expect(JSON.parse((await move(databaseUrl, before)).stdout)).toMatchObject({ already: false, erasures: null });
    expect(existsSync(notesOf(before))).toBe(false);
    await erase(databaseUrl, ANA);

    for (const already of [false, true]) {
      const { code, stdout, stderr } = await move(databaseUrl, target);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ already, erasures: { file: notesOf(target), notes: 1 } });
      expect(statSync(notesOf(target)).mode & 0o777).toBe(0o600);
    }
    const hub = await startHub({ databaseUrl: target });
    expect(await peopleOf(hub)).toEqual([EVA]);
    await hub.close();

    await copyPostgresDatabase(before, target);
    const restored = await startHub({ databaseUrl: target });
    expect(await peopleOf(restored)).toEqual([EVA]);
  });

  test('is refused where notes of another database lie, and both stay as they are', async () => {
    const databaseUrl = await withPeople();
    await erase(databaseUrl, ANA);
    const target = await freshDatabase('postgres');
    const file = notesOf(target);
    await erasureNotes(file).note({ id: crypto.randomUUID(), at: 1, telegramId: EVA });
    const theirs = readFileSync(file, 'utf8');
    const refused = await move(databaseUrl, target);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('of another database') });
    expect(refused.stderr).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe(theirs);

    rmSync(file);
    expect((await move(databaseUrl, target)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(notesOf(databaseUrl), 'utf8').replaceAll('\n\n', '\n'));
  });

  test('is taken back where the notes can not be written', async () => {
    const databaseUrl = await withPeople();
    await erase(databaseUrl, ANA);
    const target = await freshDatabase('postgres');
    const file = notesOf(target);
    // A folder stands where the file would be made.
    mkdirSync(`${file}.partial`, { recursive: true });
    const failed = await move(databaseUrl, target);
    rmSync(`${file}.partial`, { recursive: true });
    expect(failed).toMatchObject({ code: 69, stdout: '', stderr: expect.stringContaining(file) });
    const again = await move(databaseUrl, target);
    expect(JSON.parse(again.stdout)).toMatchObject({ already: false, erasures: { notes: 1 } });
  });
});
