import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the trial runs, and the Debian package that brings it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  slirp4netns: 'slirp4netns',
  pebble: 'pebble',
  openssl: 'openssl',
  ip: 'iproute2',
  npm: 'npm',
};

/** Why the trial can't run on this machine, in one sentence; undefined if it can. */
export function refusal(uid = process.getuid?.(), path = process.env.PATH ?? ''): string | undefined {
  if (process.platform !== 'linux') return 'The trial needs Linux: it boots Debians in namespaces.';
  if (uid !== 0) return 'The trial needs root, to boot a Debian: sudo npm run trial:debian';
  const folders = path.split(delimiter);
  const missing = Object.entries(PROGRAMS).filter(([name]) => !folders.some((folder) => isProgram(join(folder, name))));
  if (missing.length > 0) {
    const packages = missing.map(([, one]) => one).join(' ');
    return `The trial needs ${missing.map(([name]) => name).join(', ')}: apt-get install ${packages}`;
  }
  const { status } = spawnSync('findmnt', ['-t', 'cgroup2'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'The trial needs a cgroup2 mount: this machine has none for systemd.';
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
