// Loaded before every entry point. The hub needs the Node that `npm ci` brings; an older one would crash
// inside better-sqlite3 or stop at the first TypeScript file, so it gets one sentence instead.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 26 || (major === 26 && minor < 10)) {
  process.stderr.write(
    `ValleTPV Hub needs Node 26.10 or newer, and this is Node ${process.versions.node}: ` +
      'run "npm ci" (it brings the right Node), then start it with an npm script such as "npm start".\n',
  );
  process.exit(78);
}
