import { existsSync, statSync, symlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { becomeOnlyHub } from '../../src/db/hub-lock.ts';
import { openDatabase } from '../../src/db/open.ts';
import { freshDatabase } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';

test('a second hub on one SQLite file is refused with the process of the first, and starts once that was killed', async () => {
  const databaseUrl = await freshDatabase('sqlite');
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const first = await startHubProcess({ databaseUrl, emulator });
  const path = databaseUrl.slice('sqlite:'.length);
  const second = () => openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' }, { hub: {} });
  const pid = /process (\d+) on/.exec(messageOf(second))?.[1];
  // The launcher's child is the hub.
  expect(Number(pid)).toBeGreaterThan(0);
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  // Commands work beside it.
  const beside = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
  expect(await beside.read.selectFrom('telegram_users').select('telegram_id').execute()).toEqual([]);
  await beside.close();
  process.kill(Number(pid), 'SIGKILL');
  await first.process.ended;
  const db = second();
  await db.close();
  expect(statSync(`${path}-hub`).mode & 0o777).toBe(0o600);
});

test('a link to the file is the same database', async () => {
  const path = (await freshDatabase('sqlite')).slice('sqlite:'.length);
  await openDatabase({ DATABASE_URL: `sqlite:${path}`, DATABASE_DURABILITY: 'full' }).close();
  symlinkSync(path, `${path}.link`);
  const release = becomeOnlyHub(path);
  expect(messageOf(() => becomeOnlyHub(`${path}.link`))).toMatch(
    /^A hub already runs on the database .*process \d+ on /,
  );
  release();
  becomeOnlyHub(`${path}.link`)();
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
}
