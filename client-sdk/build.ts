/**
 * Builds the package: plain JavaScript as `tsc` writes it, comments included, so that a stack trace and a debugger show
 * code that can be read; and the types. `node build.ts [folder]`; the folder is `dist` unless named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const HERE = import.meta.dirname;
const ENTRIES = ['mod', 'protocol/mod', 'testing/mod'];
const RELATIVE = /(\b(?:from|import) |\bimport\()(['"])(\.[^'"]+)\.[jt]s\2/g;
const outDir = resolve(process.argv[2] ?? join(HERE, 'dist'));

const compiled = mkdtempSync(join(tmpdir(), 'hub-client-'));
try {
  const typescript = join(HERE, '../node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [typescript, '-p', HERE, '--outDir', compiled], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The package could not be compiled:\n${stdout}`);
  rmSync(outDir, { recursive: true, force: true });
  for (const extension of ['js', 'd.ts']) copyReachable(extension);
} finally {
  rmSync(compiled, { recursive: true, force: true });
}

/** Copies the entry points and what they import: a type that only the inside uses, and an empty module, stay out. */
function copyReachable(extension: string): void {
  const done = new Set<string>();
  const copy = (name: string) => {
    const path = `${name}.${extension}`;
    if (done.has(path) || !existsSync(join(compiled, path))) return;
    done.add(path);
    const text = readFileSync(join(compiled, path), 'utf8');
    for (const [, , , imported = ''] of text.matchAll(RELATIVE)) copy(join(dirname(name), imported));
    mkdirSync(dirname(join(outDir, path)), { recursive: true });
    // tsc leaves `.ts` in types; the package has no such files.
    writeFileSync(join(outDir, path), text.replaceAll(RELATIVE, '$1$2$3.js$2'));
  };
  for (const entry of ENTRIES) copy(entry);
}
