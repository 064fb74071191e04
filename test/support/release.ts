import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { ROOT } from './process.ts';

let folder: string | undefined;

/**
 * The compiled hub, as it is in dist/ of the package: built anew, once for each worker. It goes with the run: the files
 * of a worker share this module, so none of them may take it away.
 */
export function builtRelease(): string {
  if (folder === undefined) {
    folder = join(inject('runFolder'), `release-${process.pid}`);
    execFileSync(process.execPath, [join(ROOT, 'deploy/build.ts'), '--keep-panel', '--to', folder]);
    // Its code looks for packages from where it is.
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  }
  return folder;
}
