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
const PACKAGE = 'node_modules/@valletpv/hub-client';

/** The package as it would be published. */
export interface Packed {
  /** Its tarball. */
  tarball: string;
  /** A project with nothing but the package and what it depends on, as the tarball has it. */
  project: string;
  /** Makes another such project. */
  newProject(): string;
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
  let projects = 0;
  const newProject = () => {
    const made = join(dir, `project-${++projects}`);
    const into = join(made, PACKAGE);
    mkdirSync(into, { recursive: true });
    run('tar', ['-xzf', tarball, '--strip-components=1', '-C', into], dir);
    writeFileSync(join(made, 'package.json'), '{ "name": "tpv", "private": true, "type": "module" }\n');
    const { dependencies } = JSON.parse(readFileSync(join(into, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) link(made, name);
    return made;
  };
  const project = newProject();
  const unpacked = join(project, PACKAGE);
  const files = globSync('**/*', { cwd: unpacked })
    .map((path) => ({ path: path.replaceAll('\\', '/'), stat: statSync(join(unpacked, path)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ path, stat }) => ({ path, bytes: stat.size }));
  return { tarball, project, newProject, files, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Puts one of this repository's packages into the project. */
export function link(project: string, name: string): void {
  const to = join(project, 'node_modules', name);
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), to);
}

/** What a package weighs: what runs, the types, and beside them the words. */
export function weigh(files: Packed['files']) {
  const sum = (wanted: RegExp) =>
    files.filter(({ path }) => wanted.test(path)).reduce((all, { bytes }) => all + bytes, 0);
  return {
    scripts: sum(/\.js$/),
    /** Without what only a TPV's tests load. */
    scriptsAtRunTime: sum(/^dist\/(?!testing\/).*\.js$/),
    types: sum(/\.d\.ts$/),
    words: sum(/\.md$/),
    all: sum(/./),
  };
}

function run(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`, { cause: error });
}
