import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Compiles a library that LD_PRELOAD puts between a hub and its machine: what it does stands in its source.
 * @param folder gets it
 * @returns its path
 * @throws Error with a sentence if there is no C compiler
 */
export function preloadedLibrary(name: 'preloaded-clock' | 'preloaded-disk', folder: string): string {
  const source = join(import.meta.dirname, `${name}.c`);
  const library = join(folder, `${name}.so`);
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl', '-lpthread'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (!isMissing) throw cause;
    throw new Error('This needs a C compiler, which is not here: apt-get install build-essential', { cause });
  }
  return library;
}
