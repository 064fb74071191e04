import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** The file that a path leads to; where there is none yet, the path. A link and the file that it leads to are one database. */
export function realFile(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
