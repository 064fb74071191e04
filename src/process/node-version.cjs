/** The oldest Node that runs the hub: it strips types by itself, and better-sqlite3's binary is built for it. */
const LEAST = [26, 10];

const [major, minor] = process.versions.node.split('.').map(Number);

exports.tooOld = major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
exports.sentence =
  `ValleTPV Hub needs Node ${LEAST.join('.')} or newer, and this is Node ${process.versions.node}: ` +
  'run "npm ci" (it brings the right Node), then start it with an npm script such as "npm start".';
