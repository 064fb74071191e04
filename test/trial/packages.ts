import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** Ends where systemd starts it, once it has changed the database; whatever tries it before finds nothing wrong. */
const BROKEN_START = `import { execFileSync } from 'node:child_process';
if (process.env.NOTIFY_SOCKET) {
  execFileSync(process.execPath, ['program/src/process/launch.cjs', 'program/dist/src/cli/main.js', 'migrate']);
  process.exit(1);
}
await import('./good-main.js');
`;
const MIGRATION = `export async function up(db) {
  await db.schema.createTable('made_by_a_broken_version').addColumn('id', 'integer').execute();
}
`;

/**
 * Packs the release, as the README says.
 * @param folder where it shall lie
 * @returns its path
 */
export function packRelease(folder: string): string {
  // npm builds it first.
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const said = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const [{ filename }] = JSON.parse(said.slice(said.indexOf('[\n')));
  return join(folder, filename);
}

/**
 * Makes the same release of another version.
 * @param target the package to write
 * @param isBroken whether it fails as soon as it runs as a service, with the database changed
 */
export function packVersion(tarball: string, version: string, target: string, isBroken = false): void {
  const dir = mkdtempSync(`${tarball}.`);
  try {
    execFileSync('tar', ['-xzf', tarball, '-C', dir]);
    for (const file of ['package/package.json', 'package/dist/package.json']) {
      const path = join(dir, file);
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), version }));
    }
    if (isBroken) breakIt(join(dir, 'package/dist'));
    execFileSync('tar', ['-czf', target, '-C', dir, 'package']);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function breakIt(dist: string): void {
  const main = join(dist, 'src/main.js');
  writeFileSync(join(dist, 'src/good-main.js'), readFileSync(main));
  writeFileSync(main, BROKEN_START);
  writeFileSync(join(dist, 'migrations/9999-made-by-a-broken-version.js'), MIGRATION);
}
