/**
 * Builds the package: three entry points of JavaScript with source maps, and the types that can be reached from them.
 * `node build.ts [folder]`; the folder is `dist` unless named. JavaScript is made small, with the names of classes
 * kept: errors are known by theirs. Who debugs runs Node with `--enable-source-maps`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'rolldown';

const HERE = import.meta.dirname;
const ENTRIES = ['mod', 'protocol/mod', 'testing/mod'];
const RELATIVE = /(\bfrom |\bimport\()'(\.[^']+)\.ts'/g;
const outDir = resolve(process.argv[2] ?? join(HERE, 'dist'));

rmSync(outDir, { recursive: true, force: true });
await buildScripts();
buildTypes();

async function buildScripts(): Promise<void> {
  await build({
    cwd: HERE,
    input: Object.fromEntries(ENTRIES.map((entry) => [entry, `src/${entry}.ts`])),
    external: ['ws', 'zod', /^node:/],
    platform: 'node',
    output: {
      dir: outDir,
      format: 'es',
      sourcemap: true,
      chunkFileNames: 'shared/[name].js',
      minify: {
        compress: { target: 'es2023', keepNames: { class: true, function: false } },
        mangle: { toplevel: true, keepNames: { class: true, function: false } },
        codegen: { removeWhitespace: true },
      },
    },
  });
}

function buildTypes(): void {
  const all = mkdtempSync(join(tmpdir(), 'hub-client-types-'));
  try {
    const typescript = join(HERE, '../node_modules/typescript/bin/tsc');
    const args = [typescript, '-p', join(HERE, 'tsconfig.json'), '--outDir', all];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The types could not be made:\n${stdout}`);
    const done = new Set<string>();
    for (const entry of ENTRIES) copyTypes(all, `${entry}.d.ts`, done);
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

/** Copies a file of types and those that it imports; what only the inside of the package uses stays out. */
function copyTypes(from: string, path: string, done: Set<string>): void {
  if (done.has(path)) return;
  done.add(path);
  const text = readFileSync(join(from, path), 'utf8');
  for (const [, , name = ''] of text.matchAll(RELATIVE)) copyTypes(from, join(dirname(path), `${name}.d.ts`), done);
  mkdirSync(dirname(join(outDir, path)), { recursive: true });
  // TypeScript leaves `.ts` there, which is not in the package.
  writeFileSync(join(outDir, path), text.replaceAll(RELATIVE, "$1'$2.js'"));
}
