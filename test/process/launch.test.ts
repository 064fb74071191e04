import { accessSync, constants, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ProcessOptions, ROOT, runProcess, startProcess, type TestProcess } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';

const LAUNCH = 'src/process/launch.cjs';
const COMMAND = 'src/cli/launch.cjs';
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;
const READY = /"address":"[^"]+"/;

const folder = () => testFolder('launch');

/** The launcher in a project for which each Node of this machine is too old, but the one that its packages bring. */
async function project(bring: (node: string) => void | Promise<void>): Promise<{ dir: string; launch: string }> {
  const dir = folder();
  for (const file of [LAUNCH, COMMAND]) {
    mkdirSync(join(dir, dirname(file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(dir, file));
  }
  writeFileSync(join(dir, 'package.json'), '{ "engines": { "node": ">=99.0" } }');
  const bin = join(dir, 'node_modules', NODE_PACKAGE, 'bin');
  mkdirSync(bin, { recursive: true });
  await bring(join(bin, 'node'));
  return { dir, launch: join(dir, LAUNCH) };
}

const working = (node: string) => symlink(process.execPath, node);

/** A program of this system whose bytes name something that it does not have. */
function broken(from: string, to: string): (node: string) => void {
  return (node) => {
    const program = readFileSync('/bin/ls').toString('latin1');
    expect(program).toContain(from);
    writeFileSync(node, Buffer.from(program.replaceAll(from, to), 'latin1'), { mode: 0o755 });
  };
}

/** All that a start of the hub needs; Telegram can't be reached. */
function hubOptions(): ProcessOptions {
  return {
    env: {
      HOME: process.env.HOME ?? '',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder(), 'hub.db')}`,
      TELEGRAM_BOT_TOKEN: '1:made-up',
      TELEGRAM_MODE: 'polling',
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
    },
  };
}

/** Resolves once everything that holds the standard output of the process is gone, the hub too. */
async function expectDrained(running: TestProcess): Promise<void> {
  await running.ended;
  expect(running.stdout).toContain('"msg":"closed"');
}

test('is what the package offers as valletpv-hub, and may be run', () => {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(bin).toEqual({ 'valletpv-hub': COMMAND });
  accessSync(join(ROOT, COMMAND), constants.X_OK);
});

test('a Node that is new enough runs the program itself, and one with options starts another', async () => {
  const options = { env: { A: '1' } };
  const program = join(folder(), 'program.mjs');
  writeFileSync(program, 'console.log(process.argv.slice(1), process.env.A, process.execArgv, process.ppid)');
  const said = (execArgv: string, parent: string) =>
    new RegExp(`^\\[ '${program}', 'a b', '--c' \\] 1 ${execArgv} ${parent}\n$`);
  const here = await runProcess([LAUNCH, program, 'a b', '--c'], options);
  expect(here).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(said('\\[\\]', String(process.pid))) });
  const beside = await runProcess([LAUNCH, '--no-warnings', program, 'a b', '--c'], options);
  expect(beside.stdout).toMatch(said("\\[ '--no-warnings' \\]", '\\d+'));
  expect(beside.stdout).not.toContain(String(process.pid));
});

test('a Node that is too old hands arguments, environment and input to the one of npm ci, and ends as that does', async () => {
  const { dir, launch } = await project(working);
  const program = join(dir, 'program.mjs');
  writeFileSync(program, 'console.log(process.argv.slice(2), process.env.A); process.exit(3)');
  const ended = await runProcess([launch, program, 'a b', '--c'], { env: { A: '1' }, cwd: dir });
  expect(ended).toEqual({ code: 3, stderr: '', stdout: "[ 'a b', '--c' ] 1\n" });
  writeFileSync(program, "process.kill(process.pid, 'SIGKILL')");
  expect((await runProcess([launch, program])).code).toBe(137);
});

test('a Node that is too old passes the signals on that end a program', async () => {
  const { dir, launch } = await project(working);
  const program = join(dir, 'program.mjs');
  writeFileSync(
    program,
    `for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => console.log(signal));
    process.on('SIGTERM', () => process.exit(5));
    setInterval(() => {}, 1_000);
    console.log('ready');`,
  );
  const running = startProcess([launch, program]);
  await running.waitFor(/ready/);
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    running.child.kill(signal);
    await running.waitFor(new RegExp(signal));
  }
  expect(await running.ended).toBe(5);
});

test('SIGTERM to npm drains the hub, and npm waits for it', async () => {
  const hub = startProcess(['start'], { program: 'npm', ...hubOptions() });
  await hub.waitFor(READY);
  hub.child.kill('SIGTERM');
  await expectDrained(hub);
  expect(await hub.ended).toBe(0);
});

test('SIGTERM to npx, whose shell passes nothing on, drains the hub', async () => {
  const hub = startProcess(['valletpv-hub', 'serve'], { program: 'npx', ...hubOptions() });
  await hub.waitFor(READY);
  hub.child.kill('SIGTERM');
  await expectDrained(hub);
});

test('a package that is missing is named', async () => {
  const { launch, dir } = await project(() => {});
  for (const file of [launch, join(dir, COMMAND)]) {
    const { code, stdout, stderr } = await runProcess([file, 'src/main.ts']);
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(/^ValleTPV Hub needs Node 99\.0 or newer, and this is Node \S+: run "npm ci", .+\n$/);
    expect(stderr).toContain(NODE_PACKAGE);
  }
});

test.runIf(process.platform === 'linux')('a library that the machine lacks is named, with its package', async () => {
  const { launch } = await project(broken('libc.so.6', 'libc.so.9'));
  const { code, stderr } = await runProcess([launch, 'src/main.ts']);
  expect(code).toBe(78);
  expect(stderr.split('\n')).toContain(
    "Node 99.0 needs libc.so.9, which this machine lacks: apt-get install libc9 (Debian's name).",
  );
});

test.runIf(process.platform === 'linux')('a system without glibc is named', async () => {
  const { launch } = await project(broken('/ld-linux-', '/ld-other-'));
  const { code, stderr } = await runProcess([launch, 'src/main.ts']);
  expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringMatching(/^\S+ needs glibc, .+\n$/) });
});
