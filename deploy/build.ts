/**
 * Builds the release into dist/: `npm run build`; `npm ci` and `npm pack` do so by themselves.
 *
 *   --if-possible   does nothing where the tools are not installed, as after `npm ci --omit=dev`
 *   --keep-panel    takes the panel that was built before
 *   --to <folder>   writes elsewhere
 *
 * What is in dist/ lies where its source lies in the repository (dist/src, dist/migrations, …), so a path from one file
 * to another is the same in both forms. dist/package.json is made here: Node looks for `#protocol` in the package.json
 * nearest to the file that imports it, so the repository's names the source, this one names what was compiled, and no
 * program has to be started with a condition.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const TYPESCRIPT = join(ROOT, 'node_modules/typescript/bin/tsc');
/** They are as they ship: JavaScript that needs no compiler, and the pages that Vite built. */
const AS_THEY_ARE = ['src/db/*.cjs', 'panel/dist'];

const { values } = parseArgs({
  options: { 'if-possible': { type: 'boolean' }, 'keep-panel': { type: 'boolean' }, to: { type: 'string' } },
});
if (existsSync(TYPESCRIPT)) {
  if (values['keep-panel'] !== true) run(join(ROOT, 'panel/build.cjs'));
  build(resolve(values.to ?? join(ROOT, 'dist')));
} else if (values['if-possible'] !== true) {
  throw new Error('TypeScript, which compiles the hub, is not installed: run "npm ci" without --omit=dev.');
}

function build(target: string): void {
  // A hub that starts meanwhile finds the whole of one build.
  const fresh = `${target}.${process.pid}`;
  const before = `${fresh}.before`;
  try {
    run(TYPESCRIPT, '--project', import.meta.dirname, '--outDir', fresh);
    for (const path of globSync(AS_THEY_ARE, { cwd: ROOT })) copy(path, fresh);
    run(join(import.meta.dirname, 'openapi.ts'), join(fresh, 'src/api'));
    writeFileSync(join(fresh, 'package.json'), `${JSON.stringify(packageOf(readPackage()), undefined, 2)}\n`);
    if (existsSync(target)) renameSync(target, before);
    renameSync(fresh, target);
  } finally {
    for (const folder of [fresh, before]) rmSync(folder, { recursive: true, force: true });
  }
}

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}.`);
}

function copy(path: string, target: string): void {
  const to = join(target, path);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(ROOT, path), to, { recursive: true });
}

interface Package {
  name: string;
  version: string;
  imports: { '#protocol': string };
}

function readPackage(): Package {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

function packageOf({ name, version, imports }: Package) {
  const protocol = imports['#protocol'].replace(/\.ts$/, '.js');
  return { name, version, private: true, type: 'module', imports: { '#protocol': protocol } };
}
