import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { announceInstall, installDebianPackage, mayInstall } from './debian.ts';
import { ROOT } from './process.ts';

/** The Python client, and what it is checked with. */
export const PYTHON_CLIENT = join(ROOT, 'client-python');
const REQUIREMENTS = join(PYTHON_CLIENT, 'requirements-dev.txt');
const CANDIDATES = [
  process.env.PYTHON,
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
];
/** The checks need 3.10, and a venv with pip (Debian has that apart). */
const FITS = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
const INSTALL_MS = 600_000;
const run = promisify(execFile);

/**
 * A Python that has what the client's checks need, in a folder of node_modules/.cache: made from PyPI once, and anew
 * when requirements-dev.txt changes. Call it before tests run side by side.
 * @returns the absolute path of its `python`
 * @throws a sentence that says what to install
 */
export async function pythonOfChecks(): Promise<string> {
  const base = await findPython();
  const { stdout: version } = await run(base, ['-c', 'import sys; print(sys.executable, sys.version)']);
  const made = createHash('sha256').update(version).update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(ROOT, 'node_modules/.cache', `python-${made}`);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  const how = `pip install -r client-python/requirements-dev.txt`;
  if (!mayInstall()) {
    throw new Error(`The Python client’s checks are not installed, and TEST_TOOLS=installed forbids: ${how}`);
  }
  announceInstall('What the Python client is checked with', `${how}, in a folder of its own`);
  rmSync(folder, { recursive: true, force: true });
  await run(base, ['-m', 'venv', folder], { timeout: INSTALL_MS });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  await run(python, install, { timeout: INSTALL_MS });
  writeFileSync(complete, '');
  return python;
}

async function findPython(): Promise<string> {
  const there = await firstThatFits();
  if (there !== undefined) return there;
  // Debian has the part that makes folders of packages apart.
  await installDebianPackage('Python 3.10 or newer with venv', 'python3-venv');
  const installed = await firstThatFits();
  if (installed === undefined) throw new Error('The Python client’s checks need Python 3.10 or newer; install it.');
  return installed;
}

async function firstThatFits(): Promise<string | undefined> {
  for (const candidate of CANDIDATES) {
    if (candidate !== undefined && (await succeeds(candidate, ['-c', FITS]))) return candidate;
  }
  return undefined;
}

/** Each Python from 3.9 on that this machine has, one of each version. */
export async function pythonsOfMachine(): Promise<string[]> {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...globSync('.pyenv/versions/*/bin', { cwd: homedir() }).map((folder) => join(homedir(), folder)),
  ];
  const versions = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'];
  const found: string[] = [];
  for (const version of versions) {
    const is = `import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] != '${version}')`;
    for (const folder of folders) {
      const program = join(folder, `python${version}`);
      if (!existsSync(program) || !(await succeeds(program, ['-c', is]))) continue;
      found.push(program);
      break;
    }
  }
  return found;
}

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
