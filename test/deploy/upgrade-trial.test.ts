import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { exchange } from '../../src/operations/upgrade/exchange.ts';
import { installRelease } from '../../src/operations/upgrade/install.ts';
import { becomeOnlyUpgrade } from '../../src/operations/upgrade/lock.ts';
import { tryRelease } from '../../src/operations/upgrade/trial.ts';
import { mayMount, smallDisk } from '../chaos/small-disk.ts';
import { makeMemoryFolder } from '../support/memory-folder.ts';
import { linked, makeToyHub, NEW, OLD, readToyDatabase, toyService } from '../support/toy-hub.ts';

const dir = makeMemoryFolder('hub-upgrade-trial-');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let made = 0;
function folder(): string {
  const path = join(dir, String(++made));
  mkdirSync(path);
  return path;
}

/** What the programs of a release do that fits. */
const FITS = {
  'deploy/settings.js': '',
  'src/main.js': `console.log('"address":"here"'); setInterval(() => {}, 1_000);`,
  'src/cli/main.js': `const status = process.argv.includes('--status');
if (status) console.log(JSON.stringify({ waiting: ['0099'], unknown: [] }));`,
};

/** Tries a release of which one program does something else. */
async function trial(changed: Partial<typeof FITS>) {
  const hub = await makeToyHub(folder());
  const program = join(hub.project, NEW);
  mkdirSync(join(program, 'src/process'), { recursive: true });
  writeFileSync(join(program, 'src/process/launch.cjs'), 'process.argv.splice(1, 1); import(process.argv[1]);');
  for (const [name, text] of Object.entries({ ...FITS, ...changed })) {
    const file = join(program, 'dist', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeFileSync(join(program, 'dist/package.json'), '{"type":"module"}');
  const { signal } = new AbortController();
  const candidate = { ...hub, version: '2.0.0', node: process.execPath, program, env: process.env, signal };
  const before = readToyDatabase(hub.database);
  const result = await tryRelease(candidate).catch((error: Error) => error.message);
  // The hub's own database never was what was tried, and nothing stays of the copy.
  expect(readToyDatabase(hub.database)).toEqual(before);
  expect(readdirSync(hub.data)).toEqual(['hub.db']);
  return result;
}

test('a version that fits tells its migrations', async () => {
  expect(await trial({})).toEqual({ waiting: ['0099'], migrationMs: expect.any(Number) });
});

test.each([
  [
    'does not take the configuration',
    'deploy/settings.js',
    `throw new Error('PORT: 0')`,
    /take this configuration[\s\S]*PORT: 0/,
  ],
  ['does not start', 'src/main.js', `throw new Error('no way')`, /2\.0\.0 does not start[\s\S]*no way/],
  [
    'has a migration that fails',
    'src/cli/main.js',
    `${FITS['src/cli/main.js']} else throw new Error('no such table')`,
    /can't bring the database up to date[\s\S]*no such table/,
  ],
  [
    'is older than the database',
    'src/cli/main.js',
    `console.log(JSON.stringify({ waiting: [], unknown: ['0100'] }))`,
    /is older than the database, which has 0100/,
  ],
])('a version that %s is left, and the database as it is', async (_, name, text, expected) => {
  expect(await trial({ [name]: text })).toMatch(expected);
});

test('what is no package of the hub is refused', async () => {
  const options = { cwd: folder(), env: { PATH: process.env.PATH } };
  const missing = join(options.cwd, 'missing.tgz');
  await expect(installRelease(missing, options)).rejects.toThrow(`There is no file ${missing}`);
  const letter = join(options.cwd, 'letter.tgz');
  writeFileSync(letter, 'a letter');
  await expect(installRelease(letter, options)).rejects.toThrow('is no package of the hub');
  for (const content of [
    '{"name":"other","version":"1.0.0"}',
    '{"name":"valletpv-hub","version":"../1"}',
    'null',
    '{',
  ]) {
    await expect(installRelease(packed(content), options), content).rejects.toThrow('is no package of the hub');
  }
});

/** A package with this `package.json` alone. */
function packed(content: string): string {
  const place = folder();
  mkdirSync(join(place, 'package'));
  writeFileSync(join(place, 'package/package.json'), content);
  execFileSync('tar', ['-czf', join(place, 'hub.tgz'), '-C', place, 'package']);
  return join(place, 'hub.tgz');
}

test('a disk without room for the new version is refused before anything changes', async ({ skip }) => {
  if (!mayMount()) return skip('this machine lets no test mount a disk');
  const disk = smallDisk(4);
  onTestFinished(() => disk.end());
  const options = { cwd: disk.folder, env: { PATH: process.env.PATH } };
  const tarball = packed('{"name":"valletpv-hub","version":"2.0.0"}');
  await expect(installRelease(tarball, options)).rejects.toThrow(
    /has \d+ MB free, and the new version takes \d+ MB: make room/,
  );
  expect(readdirSync(disk.folder)).toEqual([]);
});

test('a disk that fills up once the hub is stopped leaves the version before, with its data', async ({ skip }) => {
  if (!mayMount()) return skip('this machine lets no test mount a disk');
  const disk = smallDisk(4);
  onTestFinished(() => disk.end());
  const hub = await makeToyHub(disk.folder);
  const before = readToyDatabase(hub.database);
  const service = toyService(hub);
  const upgrade = exchange(
    {
      ...hub,
      // A hub on a full disk starts; the toy would write.
      service: {
        ...service,
        async stop() {
          await service.stop();
          disk.fill();
        },
        async start(limitMs) {
          disk.free();
          await service.start(limitMs);
        },
      },
      clock: systemClock(),
      signal: new AbortController().signal,
      say: () => {},
    },
    NEW,
    { waiting: ['0099'], migrationMs: 0 },
  );
  await expect(upgrade).rejects.toThrow(/full[\s\S]*The version that ran before runs again, with its data/);
  expect(linked(hub)).toBe(OLD);
  const { migrated, written } = readToyDatabase(hub.database);
  expect({ migrated, written: written.slice(0, before.written.length) }).toEqual({
    migrated: false,
    written: before.written,
  });
  expect(readdirSync(hub.data)).not.toContainEqual(expect.stringMatching(/partial|before|failed/));
  expect(await service.isReady()).toBe(true);
});

test('two upgrades of one hub are not under way at once', () => {
  const project = folder();
  const end = becomeOnlyUpgrade(project);
  expect(() => becomeOnlyUpgrade(project)).toThrow('Another upgrade of this hub is under way');
  end();
  becomeOnlyUpgrade(project)();
});
