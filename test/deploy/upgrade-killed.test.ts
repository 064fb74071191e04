import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { settleUpgrade } from '../../src/operations/upgrade/settle.ts';
import { COMPILE_CACHE } from '../support/compile-cache.ts';
import { makeMemoryFolder } from '../support/memory-folder.ts';
import { ROOT, runProcess } from '../support/process.ts';
import {
  linked,
  makeToyHub,
  NEW,
  OLD,
  readTold,
  readToyDatabase,
  type ToyHub,
  toyService,
} from '../support/toy-hub.ts';
import { PROGRAMS_MS } from '../support/within.ts';

const PROGRAM = join(ROOT, 'test/deploy/killed-exchange.ts');
/** More steps than an exchange has. */
const TOO_MANY = 100;
const AT_ONCE = 2;

const dir = makeMemoryFolder('hub-killed-upgrade-');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Either version, whole, with what people were told that it arrived. */
function expectWhole(hub: ToyHub, newWorks: boolean): void {
  const program = linked(hub);
  const { migrated, written } = readToyDatabase(hub.database);
  expect(migrated).toBe(program === NEW);
  const aside = readToyDatabase(`${hub.database}.failed-upgrade`).written;
  const told = readTold(hub);
  if (newWorks) expect(written).toEqual(told);
  // What a version took that was not ready is beside the database.
  expect(told.filter((text) => !written.includes(text) && !aside.includes(text))).toEqual([]);
  expect(told.filter((text) => text.startsWith(OLD) && !written.includes(text))).toEqual([]);
  expect(readdirSync(join(hub.project, 'releases')).filter((name) => /json(\.undoing)?$/.test(name))).toEqual([]);
  const copies = readdirSync(hub.data).filter((name) => /before-upgrade/.test(name));
  expect(copies.filter((name) => /partial/.test(name))).toEqual([]);
  expect(copies.length).toBe(program === NEW ? 1 : 0);
}

/**
 * Kills an exchange before a step of it, and looks at what is made of what it left.
 * @returns how it was settled; `done` if there is no such step
 */
async function killAt(step: number, how: string): Promise<string> {
  const newWorks = how === 'works';
  const hub = await makeToyHub(join(dir, `${how}-${step}`));
  const { code, stdout, stderr } = await runProcess([PROGRAM, hub.project, String(step), how], { env: COMPILE_CACHE });
  if (stdout === 'done') return 'done';
  // A signal has no code.
  expect({ code, stderr }).toEqual({ code: null, stderr: '' });
  const kept = `${hub.project}-kept`;
  cpSync(hub.project, kept, { recursive: true, verbatimSymlinks: true });

  // Taken up at once.
  const service = toyService(hub, newWorks);
  const settled = await settleUpgrade(hub.project, service);
  expect(await service.isReady()).toBe(true);
  expectWhole(hub, newWorks);
  expect(await settleUpgrade(hub.project, service)).toBeUndefined();

  // After a power cut, what the machine starts may work for days before somebody looks.
  rmSync(hub.project, { recursive: true });
  renameSync(kept, hub.project);
  await service.stop();
  const refused = await service.start(0).then(
    () => undefined,
    (error: Error) => error.message,
  );
  // Never with wrong data: in the moment of going back it may wait for the rest of that.
  expect([undefined, ...(newWorks ? [] : ['The database is newer than this program.'])]).toContain(refused);
  await settleUpgrade(hub.project, service);
  expect(await service.isReady()).toBe(true);
  expectWhole(hub, newWorks);
  return settled ?? 'untouched';
}

test.each([
  { how: 'works', expected: ['finished', 'taken back', 'untouched'] },
  { how: 'fails', expected: ['taken back', 'untouched'] },
])(
  'an upgrade to a version that $how, killed before each of its steps, leaves one of both whole',
  {
    timeout: PROGRAMS_MS,
  },
  async ({ how, expected }) => {
    const ends: string[] = [];
    while (!ends.includes('done') && ends.length < TOO_MANY) {
      const next = Array.from({ length: AT_ONCE }, (_, i) => killAt(ends.length + i, how));
      ends.push(...(await Promise.all(next)));
    }
    const settled = ends.filter((end) => end !== 'done');
    expect(settled.length).toBeGreaterThan(10);
    expect([...new Set(settled)].sort()).toEqual(expected);
  },
);
