import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Where the hub serves the panel; the files of a build lie in `assets/` below it. */
const BASE = '/admin/';
/** Where a build is written, until all of it is there. */
const FRESH = `dist.${process.pid}`;

export default defineConfig({
  base: BASE,
  plugins: [compressed(), inItsPlace()],
  build: {
    outDir: FRESH,
    // The browsers that know what the styles need know the language as it is written, too.
    target: 'esnext',
    // The hub's policy takes code and pictures from files alone.
    assetsInlineLimit: 0,
    // What is fetched later is one small file.
    modulePreload: false,
    // That compressing takes most of the time is known.
    rolldownOptions: {
      checks: { pluginTimings: false },
      // What the first page needs is one file, also where a part that is fetched later needs some of it.
      output: { codeSplitting: { groups: [{ name: 'panel', tags: ['$initial'] }] } },
    },
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

/** Puts a build in the place of the one before at once: a hub that starts meanwhile finds the whole of one. */
function inItsPlace(): Plugin {
  const [fresh, place] = [FRESH, 'dist'].map((name) => join(import.meta.dirname, name)) as [string, string];
  const before = `${fresh}.before`;
  return {
    name: 'in-its-place',
    apply: 'build',
    closeBundle: {
      order: 'post',
      sequential: true,
      handler(error) {
        if (error !== undefined) return rmSync(fresh, { recursive: true, force: true });
        if (existsSync(place)) renameSync(place, before);
        renameSync(fresh, place);
        rmSync(before, { recursive: true, force: true });
      },
    },
  };
}
