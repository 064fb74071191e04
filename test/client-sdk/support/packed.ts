import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const SDK = join(ROOT, 'client-sdk');

/** The package as it would be published. */
export interface Packed {
  /** Its tarball. */
  tarball: string;
  /** A project with nothing but the package and what it depends on, as the tarball has it. */
  project: string;
  /** What is in the tarball, with sizes in bytes. */
  files: { path: string; bytes: number }[];
  remove(): void;
}

/** Builds and packs the package in a folder of its own, without the network, and unpacks it into an empty project. */
export function packPackage(): Packed {
  const dir = mkdtempSync(join(tmpdir(), 'hub-client-'));
  const source = join(dir, 'source');
  mkdirSync(source);
  run(process.execPath, [join(SDK, 'build.ts'), join(source, 'dist')], SDK);
  for (const name of ['package.json', 'README.md', 'PROTOCOL.md']) cpSync(join(SDK, name), join(source, name));
  run('npm', ['pack', '--offline', '--ignore-scripts', '--pack-destination', dir], source);
  const tarball = join(dir, globSync('*.tgz', { cwd: dir })[0] ?? '');
  const project = join(dir, 'project');
  const unpacked = join(project, 'node_modules/@valletpv/hub-client');
  mkdirSync(unpacked, { recursive: true });
  run('tar', ['-xzf', tarball, '--strip-components=1', '-C', unpacked], dir);
  writeFileSync(join(project, 'package.json'), '{ "name": "tpv", "private": true, "type": "module" }\n');
  const { dependencies } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) link(project, name);
  const files = globSync('**/*', { cwd: unpacked })
    .map((path) => ({ path: path.replaceAll('\\', '/'), stat: statSync(join(unpacked, path)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ path, stat }) => ({ path, bytes: stat.size }));
  return { tarball, project, files, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Puts one of this repository's packages into the project. */
export function link(project: string, name: string): void {
  const to = join(project, 'node_modules', name);
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), to);
}

/** What a package weighs: what runs, the types, and beside them source maps and words. */
export function weigh(files: Packed['files']) {
  const sum = (wanted: RegExp) =>
    files.filter(({ path }) => wanted.test(path)).reduce((all, { bytes }) => all + bytes, 0);
  return {
    scripts: sum(/\.js$/),
    /** Without what only a TPV's tests load. */
    scriptsAtRunTime: sum(/^dist\/(?!testing\/).*\.js$/),
    types: sum(/\.d\.ts$/),
    maps: sum(/\.map$/),
    words: sum(/\.md$/),
    all: sum(/./),
  };
}

function run(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`, { cause: error });
}
