#!/usr/bin/env node
// The command `valletpv-hub`: the sources where this is the repository, what was compiled where it is the package.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { launch } = require('../process/launch.cjs');

const source = join(__dirname, 'main.ts');
const compiled = join(__dirname, '../../dist/src/cli/main.js');

launch([existsSync(source) ? source : compiled, ...process.argv.slice(2)]);
