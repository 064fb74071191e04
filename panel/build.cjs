// Builds the panel into dist/, under the Node that `npm ci` brought. CommonJS, because an older Node begins it.
const { join } = require('node:path');
const { launch } = require('../src/process/launch.cjs');

const vite = viteProgram();
if (vite !== undefined) {
  launch([vite, 'build', __dirname, '--logLevel', 'warn']);
} else {
  process.stderr.write('Vite, which builds the panel, is not installed: run "npm ci" without --omit=dev.\n');
  process.exitCode = 1;
}

function viteProgram() {
  try {
    return join(require.resolve('vite/package.json'), '../bin/vite.js');
  } catch {
    return undefined;
  }
}
