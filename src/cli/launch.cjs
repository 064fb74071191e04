#!/usr/bin/env node
// The command `valletpv-hub`.
const { join } = require('node:path');
const { launch } = require('../process/launch.cjs');

launch([join(__dirname, 'main.ts'), ...process.argv.slice(2)]);
