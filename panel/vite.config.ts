import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Where the hub serves the panel; the files of a build lie in `assets/` below it. */
const BASE = '/admin/';

export default defineConfig({
  base: BASE,
  plugins: [compressed()],
  build: {
    // The browsers that know what the styles need know the language as it is written, too.
    target: 'esnext',
    // The hub's policy takes code and pictures from files alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // That compressing takes most of the time is known.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});

/** Writes each file of the build twice more, compressed as browsers take it, so that the hub never does. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle)) {
        const content = readFileSync(join(dir, name));
        const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content, { params }));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}
