/**
 * Checks the client's package as its users get it: packs it, installs the tarball into an empty project with npm, runs
 * it on each supported Node, and has publint and attw look at it. It needs the network (npm's registry); the part that
 * needs none runs with the tests (test/client-sdk/package.test.ts).
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage, weigh } from '../client-sdk/support/packed.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODES = [20, 22, 24, 26];
const ZOD = 'zod@4.6.7';

const packed = packPackage();
const dir = mkdtempSync(join(tmpdir(), 'hub-client-check-'));
try {
  let sound = true;
  const { scripts, scriptsAtRunTime, types, words, all } = weigh(packed.files);
  say('unpacked', `${kib(all)} (JavaScript ${kib(scripts)}, types ${kib(types)}, words ${kib(words)})`);
  say('', `JavaScript without ./testing ${kib(scriptsAtRunTime)}`);

  const project = emptyProject('project');
  const began = performance.now();
  npm(project, 'install', packed.tarball);
  say('npm install', `${Math.round(performance.now() - began)} ms, ${installed(project)}`);
  // Only ./protocol needs it.
  npm(project, 'install', ZOD);
  copyFileSync(join(import.meta.dirname, 'smoke.mjs'), join(project, 'smoke.mjs'));
  for (const major of NODES) {
    const { status, stdout, stderr } = spawnSync(nodeOf(major), ['smoke.mjs'], { cwd: project, encoding: 'utf8' });
    const complaint = /\w*Warning:.*/.exec(stderr)?.[0];
    if (status === 0) {
      const { node, importMs } = JSON.parse(stdout);
      say(`Node ${major}`, `${node} works; imported in ${importMs} ms${complaint ? `; ${complaint}` : ''}`);
    } else {
      sound = false;
      say(`Node ${major}`, `fails:\n${stderr}`);
    }
  }

  for (const [name, ...args] of [
    ['publint', 'run', packed.tarball, '--strict'],
    ['attw', packed.tarball, '--profile', 'esm-only', '--format', 'ascii'],
  ] as const) {
    const program = join(ROOT, 'node_modules/.bin', name);
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: dir, encoding: 'utf8' });
    say(name, status === 0 ? 'clean' : `complains:\n${stdout}${stderr}`);
    sound &&= status === 0;
  }
  process.exitCode = sound ? 0 : 1;
} finally {
  packed.remove();
  rmSync(dir, { recursive: true, force: true });
}

function emptyProject(name: string): string {
  const project = join(dir, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "tpv", "private": true, "type": "module" }\n');
  return project;
}

/** This machine's own where it is of that line, and the registry's newest of it otherwise. */
function nodeOf(major: number): string {
  for (const own of [process.execPath, '/usr/bin/node', '/usr/local/bin/node']) {
    const { stdout } = spawnSync(own, ['--version'], { encoding: 'utf8' });
    if (stdout?.startsWith(`v${major}.`)) return own;
  }
  const project = emptyProject(`node-${major}`);
  npm(project, 'install', `node-${process.platform}-${process.arch}@${major}`);
  return join(project, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
}

function npm(cwd: string, ...args: string[]): string {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync('npm', [...args, ...quiet], { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`npm ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
}

/** What npm put there. */
function installed(project: string): string {
  const { dependencies } = JSON.parse(npm(project, 'ls', '--all', '--json'));
  // An optional peer that is not there has no version.
  const names = (tree: Record<string, { version?: string; dependencies?: typeof tree }> = {}): string[] =>
    Object.entries(tree).flatMap(([name, { version, dependencies: inner }]) =>
      version === undefined ? [] : [`${name}@${version}`, ...names(inner)],
    );
  return names(dependencies).join(', ');
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

function say(what: string, result: string): void {
  process.stdout.write(`${what.padEnd(12)} ${result}\n`);
}
