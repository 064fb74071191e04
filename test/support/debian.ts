import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** What a hook that calls `debianProgram` may take, in ms: a first run downloads the package. */
export const DEBIAN_INSTALL_MS = 600_000;

/** The kernel lets go of it when its holder ends, however that ends. */
const LOCK = '/run/valletpv-hub-tests.lock';
/** Debian keeps servers where a person's PATH does not look. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** Whether what is missing may be installed: TEST_TOOLS=installed forbids it. */
export function mayInstall(): boolean {
  return process.env.TEST_TOOLS !== 'installed';
}

/** Says on standard error what is about to be installed on this machine. */
export function announceInstall(what: string, how: string): void {
  process.stderr.write(`${what} is missing, and is installed now by ${how}; TEST_TOOLS=installed forbids it.\n`);
}

/**
 * A program that the tests need and npm does not bring; installed where it is missing and that is possible (root on
 * Debian). Safe when many processes ask at once, and no service is started.
 * @param binary such as `nginx`
 * @param debianPackage the package that brings it
 * @returns the absolute path
 * @throws a sentence that says what to install
 */
export async function debianProgram(binary: string, debianPackage: string): Promise<string> {
  const there = await find(binary);
  if (there !== undefined) return there;
  await installDebianPackage(binary, debianPackage);
  const installed = await find(binary);
  if (installed === undefined) throw new Error(`The package ${debianPackage} brought no ${binary}`);
  return installed;
}

/**
 * Installs a package if that is possible (root on Debian). Safe when many processes ask at once.
 * @param what is missing; if it is a program's name, a process that waited for another one's installation finds it
 * @throws a sentence that says what to install
 */
export async function installDebianPackage(what: string, debianPackage: string): Promise<void> {
  const remedy = `install it, as root: apt-get install ${debianPackage}`;
  if (!mayInstall()) {
    throw new Error(`These tests need ${what}, which is not here, and TEST_TOOLS=installed forbids to ${remedy}`);
  }
  if (process.getuid?.() !== 0 || (await find('apt-get')) === undefined) {
    throw new Error(`These tests need ${what}, which is not here; ${remedy}`);
  }
  announceInstall(what, `apt-get install ${debianPackage}`);
  const script = join(import.meta.dirname, 'debian-install.sh');
  const args = [LOCK, script, what, debianPackage];
  await promisify(execFile)('flock', args, { timeout: DEBIAN_INSTALL_MS, maxBuffer: 2 ** 24 }).catch((error) => {
    throw new Error(`These tests need ${what}, and it could not be installed here; ${remedy}\n${error.stderr}`, {
      cause: error,
    });
  });
}

async function find(binary: string): Promise<string | undefined> {
  for (const folder of FOLDERS) {
    const path = join(folder, binary);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}
