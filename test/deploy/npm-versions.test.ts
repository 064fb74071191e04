import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyProject, npmEnv, npmOf } from '../support/npm.ts';
import { ROOT, runProcess, startProcess } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';
import { PROGRAMS_MS } from '../support/within.ts';

/** A fresh clone, gone with the test. */
function clone(): string {
  const folder = testFolder('clone');
  copyProject(folder);
  return folder;
}

async function succeed(npm: string, args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess(args, { program: npm, cwd, env: npmEnv });
  expect({ args, code, stderr }).toMatchObject({ args, code: 0 });
  return stdout;
}

test('the lock says that better-sqlite3, which brings its binaries, is not built', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  // npm before 11 does not know allowScripts, and leaves this line out where it writes the lock: add it again by hand.
  expect(packages['node_modules/better-sqlite3']).toMatchObject({ gypfile: false });
});

test.each([
  // Debian 12 and 13 have it.
  { version: '9.2.0', flags: [] },
  // Node 20 and 22 have it.
  { version: '10.9.4', flags: ['--omit=dev'] },
  { version: '12.2.2', flags: ['--omit=dev'] },
])('npm $version installs a fresh clone, and the demo runs', { timeout: PROGRAMS_MS }, async ({ version, flags }) => {
  const npm = npmOf(version);
  const folder = clone();
  await succeed(npm, ['ci', ...flags], folder);
  expect(existsSync(join(folder, 'node_modules/better-sqlite3/build'))).toBe(false);
  expect(existsSync(join(folder, 'dist/src/main.js'))).toBe(flags.length === 0);
  expect(await succeed(npm, ['run', 'demo', '--', '--once'], folder)).toContain('report "completed" committed');

  const env = {
    ...npmEnv,
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'hub.db')}`,
    TELEGRAM_BOT_TOKEN: '1:made-up',
    TELEGRAM_MODE: 'polling',
    TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
  };
  const hub = startProcess(['start'], { program: npm, cwd: folder, env });
  await hub.waitFor(/"address":"[^"]+"/);
  hub.child.kill('SIGTERM');
  expect(await hub.ended).toBe(0);
  expect(hub.stdout).toContain('"msg":"closed"');
});
