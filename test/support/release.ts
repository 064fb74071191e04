import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { makeMemoryFolder } from './memory-folder.ts';
import { ROOT } from './process.ts';

let folder: string | undefined;

/** The compiled hub, as it is in dist/ of the package: built anew, once for each file of tests that asks for it. */
export function builtRelease(): string {
  if (folder === undefined) {
    folder = makeMemoryFolder('hub-release-');
    execFileSync(process.execPath, [join(ROOT, 'deploy/build.ts'), '--keep-panel', '--to', folder]);
    // Its code looks for packages from where it is.
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  }
  return folder;
}

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});
