import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/process.ts';

/** What git does not know and the tests need: linked, not copied. */
const LINKED = ['node_modules', 'client-sdk/node_modules', 'panel/node_modules', 'panel/dist', 'client-sdk/dist'];

/** A copy of the working tree in which faults are planted, so that nobody ever works on one by mistake. */
export interface Tree {
  readonly root: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Takes the copy away. */
  remove(): void;
}

export function copyTree(): Tree {
  const root = mkdtempSync(join(tmpdir(), 'hub-mutations-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0')) {
    if (file === '' || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(ROOT, file), join(root, file));
  }
  for (const folder of LINKED) {
    if (existsSync(join(ROOT, folder)) && !existsSync(join(root, folder))) {
      symlinkSync(join(ROOT, folder), join(root, folder));
    }
  }
  return {
    root,
    read: (file) => readFileSync(join(root, file), 'utf8'),
    write: (file, text) => writeFileSync(join(root, file), text),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
