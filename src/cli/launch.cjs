#!/usr/bin/env node
// The command `valletpv-hub`: the sources where this is the repository, what was compiled where it is the package. Where
// the service was upgraded, the command is that of the program which it runs (the link "program" beside this one).
const { existsSync, realpathSync } = require('node:fs');
const { join } = require('node:path');

const root = realpathSync(join(__dirname, '../..'));
const upgraded = join(root, 'program');

if (existsSync(upgraded) && realpathSync(upgraded) !== root) {
  require(join(upgraded, 'src/cli/launch.cjs'));
} else {
  const { launch } = require('../process/launch.cjs');
  const source = join(root, 'src/cli/main.ts');
  const compiled = join(root, 'dist/src/cli/main.js');
  launch([existsSync(source) ? source : compiled, ...process.argv.slice(2)]);
}
