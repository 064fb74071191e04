// Builds the panel into dist/, under the Node that `npm ci` brought. CommonJS, because an older Node begins it.
const { join } = require('node:path');
const { launch } = require('../src/process/launch.cjs');

const vite = viteProgram();
if (vite !== undefined) launch([vite, 'build', __dirname, '--logLevel', 'warn']);
// At the end of an installation without the packages that build it, such as one for production, there is nothing to do.
else if (process.env.npm_lifecycle_event !== 'prepare') {
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
