import { globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { DEBIAN_INSTALL_MS } from '../support/debian.ts';
import { makeMemoryFolder } from '../support/memory-folder.ts';
import { runProcess } from '../support/process.ts';
import { PYTHON_CLIENT, pythonOfChecks, pythonsOfMachine } from '../support/python.ts';

const LONG_MS = 600_000;
const MOST_UNPACKED_BYTES = 200 * 1024;

let python: string;
beforeAll(async () => {
  python = await pythonOfChecks();
}, DEBIAN_INSTALL_MS);

async function succeed(program: string, args: readonly string[], cwd = PYTHON_CLIENT): Promise<string> {
  // NODE: what starts the hub that the tests talk to.
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    NODE: process.execPath,
    // Empty: the Django project is tried on SQLite alone.
    TEST_POSTGRES_URL: inject('postgresUrl'),
  };
  const { code, stdout, stderr } = await runProcess(args, { program, cwd, env });
  expect({ args, code, output: code === 0 ? '' : `${stdout}${stderr}` }).toEqual({ args, code: 0, output: '' });
  return stdout;
}

describe('the Python client', { timeout: LONG_MS }, () => {
  test.each([
    ['style', ['-m', 'ruff', 'check', '--no-cache', '.']],
    ['format', ['-m', 'ruff', 'format', '--check', '--no-cache', '.']],
    ['types', ['-m', 'mypy', '--cache-dir', '../node_modules/.cache/mypy']],
  ])('has its %s in order', async (_, args) => {
    await succeed(python, args);
  });

  test('passes its own tests, against a real hub', async () => {
    const said = await succeed(python, ['-m', 'pytest', '-p', 'no:cacheprovider']);
    expect(said).toMatch(/\d+ passed/);
  });

  test('is a wheel and an archive that install into an empty place, for each Python of this machine', async () => {
    const folder = makeMemoryFolder('hub-python-');
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await succeed(python, ['-m', 'hatchling', 'build', '-d', folder]);
    const [wheel = ''] = globSync('*.whl', { cwd: folder });
    expect(globSync('*.tar.gz', { cwd: folder })).toHaveLength(1);
    const pythons = await pythonsOfMachine();
    expect(pythons.length).toBeGreaterThan(0);
    for (const base of pythons) {
      const place = join(folder, 'place');
      mkdirSync(place);
      await succeed(base, ['-m', 'venv', '--without-pip', place]);
      const inside = join(place, 'bin/python');
      // The pip of the checks: an own one in each place would take longer than all the rest.
      const pip = ['-m', 'pip', '--python', inside, 'install', '-q', '--no-compile', '--disable-pip-version-check'];
      await succeed(python, [...pip, join(folder, wheel)]);
      const where = await succeed(inside, ['-c', 'import valletpv_hub; print(valletpv_hub.__file__)'], place);
      const files = globSync('**/*', { cwd: join(where.trim(), '..') }).filter((path) => !path.includes('__pycache__'));
      const bytes = files
        .map((path) => statSync(join(where.trim(), '..', path)))
        .reduce((sum, { size }) => sum + size, 0);
      expect(files).toContain('py.typed');
      expect(bytes).toBeLessThan(MOST_UNPACKED_BYTES);
      rmSync(place, { recursive: true });
    }
  });
});
