// Loaded before every entry point. The hub needs the Node that `npm ci` brings; an older one would crash
// inside better-sqlite3 or stop at the first TypeScript file, so it gets one sentence instead.
const { tooOld, sentence } = require('./node-version.cjs');

/** EX_CONFIG of sysexits.h, as in exit.ts, which an old Node can't read. */
const EXIT_CONFIG = 78;

if (tooOld) {
  process.stderr.write(`${sentence}\n`);
  process.exit(EXIT_CONFIG);
}
