import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { ownTpv } from '../../demo/own-tpv.ts';
import { setStage } from '../../demo/stage.ts';
import { DEBIAN_INSTALL_MS } from '../support/debian.ts';
import { makeMemoryFolder } from '../support/memory-folder.ts';
import { ROOT } from '../support/process.ts';
import { PYTHON_CLIENT, pythonOfChecks, pythonsOfMachine } from '../support/python.ts';

const run = promisify(execFile);
const LONG_MS = 600_000;
const MOST_SAID_BYTES = 64 * 1024 * 1024;
/** Of the wheel, and of what runs in a TPV once it is unpacked. */
const MOST_BYTES = 200 * 1024;

let python: string;
beforeAll(async () => {
  python = await pythonOfChecks();
}, DEBIAN_INSTALL_MS);

/** What it prints. Its own processes, as the support's end with a test, and these tests run side by side. */
async function succeed(program: string, args: readonly string[], cwd = PYTHON_CLIENT): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    // What starts the hub that the tests talk to.
    NODE: process.execPath,
    // Empty: the Django project is tried on SQLite alone.
    TEST_POSTGRES_URL: inject('postgresUrl'),
  };
  const options = { cwd, env, timeout: LONG_MS, maxBuffer: MOST_SAID_BYTES };
  const { failed, output } = await run(program, args, options).then(
    ({ stdout }) => ({ failed: '', output: stdout }),
    ({ message, stdout, stderr }) => ({ failed: `${message}${stdout}${stderr}`, output: '' }),
  );
  expect({ args, failed }).toEqual({ args, failed: '' });
  return output;
}

/** The client's own tests in two halves, which run side by side; a new file is of the second. */
const DJANGO = 'tests/test_django.py';
const HALVES = [
  ['its Django app', [DJANGO]],
  ['the rest of it', [`--ignore=${DJANGO}`]],
] as const;

// Side by side, as most of it waits: for a hub, for a process that starts, for a download.
describe.concurrent('the Python client', { timeout: LONG_MS }, () => {
  test.each([
    ['style', ['-m', 'ruff', 'check', '--no-cache', '.']],
    ['format', ['-m', 'ruff', 'format', '--check', '--no-cache', '.']],
    ['types', ['-m', 'mypy', '--cache-dir', '../node_modules/.cache/mypy']],
  ])('has its %s in order', async (_, args) => {
    await succeed(python, args);
  });

  test.each(HALVES)('passes the tests of %s, against a real hub', async (_, which) => {
    // Where a commit waits for no disk.
    const folder = makeMemoryFolder('hub-pytest-');
    try {
      const said = await succeed(python, ['-m', 'pytest', '-p', 'no:cacheprovider', '--basetemp', folder, ...which]);
      expect(said).toMatch(/\d+ passed/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('is a wheel and an archive that install into an empty place, for each Python of this machine', async () => {
    const folder = makeMemoryFolder('hub-python-');
    try {
      await succeed(python, ['-m', 'hatchling', 'build', '-d', folder]);
      const [wheel = ''] = globSync('*.whl', { cwd: folder });
      expect(globSync('*.tar.gz', { cwd: folder })).toHaveLength(1);
      expect(statSync(join(folder, wheel)).size).toBeLessThan(MOST_BYTES);
      const pythons = await pythonsOfMachine();
      expect(pythons.length).toBeGreaterThan(0);
      const places = pythons.map((base, index) => install(base, join(folder, wheel), join(folder, String(index))));
      await Promise.all(places);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('three commands and ten lines bring a TPV from an empty folder into the chat of the demo', {
  timeout: LONG_MS,
}, async () => {
  const readme = readFileSync(join(PYTHON_CLIENT, 'README.md'), 'utf8');
  const [, commands = '', program = ''] = /```sh\n(.+?)```.+?```python\n(.+?)```/s.exec(readme) ?? [];
  const lines = commands.trim().split('\n');
  expect(lines).toHaveLength(3);
  expect(program.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
  const stage = await setStage({ chat: 0, hub: 0 });
  const folder = makeMemoryFolder('hub-python-empty-');
  const { apiKey, joinCode } = await ownTpv(stage);
  // Where `python3` is the one of the checks: a machine's own may be too old.
  const PATH = `${dirname(python)}${delimiter}${process.env.PATH}`;
  const env = { PATH, HOME: process.env.HOME, HUB_FOLDER: ROOT, TPV_API_KEY: apiKey };
  const [last = '', ...first] = lines.toReversed();
  for (const line of first.reverse()) await run('bash', ['-c', line], { cwd: folder, env, timeout: LONG_MS });
  writeFileSync(join(folder, 'tpv.py'), program.replace('http://127.0.0.1:8100', stage.hubUrl));
  const tpv = spawn('bash', ['-c', last.replace('TPV_API_KEY=… ', 'exec ')], { cwd: folder, env, stdio: 'inherit' });
  const ended = once(tpv, 'exit');
  try {
    const ana = stage.emulator.person({ id: 1001, first_name: 'Ana', language_code: 'es' });
    ana.send(`/start ${joinCode}`);
    ana.send('una caña');
    await ana.waitForMessage(({ text }) => text === 'Recibido: una caña', LONG_MS);
    tpv.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    tpv.kill('SIGKILL');
    await ended;
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Installs the wheel into an empty place, and looks what is there. */
async function install(base: string, wheel: string, place: string): Promise<void> {
  await succeed(base, ['-m', 'venv', '--without-pip', place]);
  const inside = join(place, 'bin/python');
  // The pip of the checks: an own one in each place would take longer than all the rest.
  const pip = ['-m', 'pip', '--python', inside, 'install', '-q', '--no-compile', '--disable-pip-version-check'];
  await succeed(python, [...pip, wheel]);
  const imports = 'import valletpv_hub, valletpv_hub.aio, valletpv_hub.testing; print(valletpv_hub.__file__)';
  const installed = join((await succeed(inside, ['-c', imports], place)).trim(), '..');
  const files = globSync('**/*', { cwd: installed }).filter((path) => !path.includes('__pycache__'));
  expect(files).toContain('py.typed');
  // What is there for a TPV's own tests runs in no TPV.
  const running = files.filter((path) => !path.startsWith('testing'));
  const bytes = running.map((path) => statSync(join(installed, path))).reduce((sum, { size }) => sum + size, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
}
