import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packRelease } from './packages.ts';
import { refusal } from './refusal.ts';
import { say } from './say.ts';

const SUITES = ['trixie', 'bookworm'];
const HELP = `Installs the hub on a bare Debian by README's own commands, and lives with it.

  npm run trial:debian                      Debian 13 (trixie), then 12 (bookworm)
  npm run trial:debian -- --suite trixie    one of them
  npm run trial:debian -- --folder <path>   keeps the bare Debians there; else in ${join(tmpdir(), 'trial-debian')}

Each Debian boots with its own systemd in namespaces of its own; this machine is not touched. A person gets the first
answer through Caddy, then come a reboot, a good upgrade and a broken one, a restored copy, and the end of it all. It
prints commands, seconds and megabytes, and ends with 1 if something does not hold.

It needs root, a cgroup2 mount, and Debian's debootstrap, systemd-container, slirp4netns, pebble and openssl. Telegram is
the demo's emulator, and certificates come from pebble, which checks the domain as Let's Encrypt does.
`;

process.exitCode = main();

function main(): number {
  const options = readOptions();
  if (typeof options === 'string') return refuse(options, 64);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const why = refusal();
  if (why !== undefined) return refuse(why, 69);
  mkdirSync(options.folder, { recursive: true });
  const packed = mkdtempSync(join(options.folder, 'packed.'));
  try {
    const tarball = packRelease(packed);
    say('The release is packed.');
    return options.suites.every((suite) => tryOn(suite, tarball, options.folder)) ? 0 : 1;
  } finally {
    rmSync(packed, { recursive: true, force: true });
  }
}

function refuse(sentence: string, code: number): number {
  process.stderr.write(`${sentence}\n`);
  return code;
}

function readOptions(): { help: boolean; suites: string[]; folder: string } | string {
  const values = readArgs();
  if (values instanceof Error) return values.message;
  const { suite, folder = join(tmpdir(), 'trial-debian'), help = false } = values;
  if (suite !== undefined && !SUITES.includes(suite)) return `--suite takes ${SUITES.join(' or ')}.`;
  return { help, suites: suite === undefined ? SUITES : [suite], folder };
}

function readArgs() {
  try {
    const options = {
      suite: { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    return error as Error;
  }
}

function tryOn(suite: string, tarball: string, folder: string): boolean {
  const steps = [process.execPath, join(import.meta.dirname, 'steps.ts'), tarball];
  const { status } = spawnSync(join(import.meta.dirname, 'boot.sh'), [suite, ...steps], {
    stdio: 'inherit',
    env: { ...process.env, FOLDER: folder, ...sources(), NPM_REGISTRY: registry() },
  });
  return status === 0;
}

/** Where this machine's own packages come from: the trial names no place. */
function sources() {
  const format = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const all = execFileSync('apt-get', format, { encoding: 'utf8' }).split('\n').filter(Boolean);
  const isSecurity = (url: string) => url.includes('security');
  return { MIRROR: all.find((url) => !isSecurity(url)), SECURITY: all.find(isSecurity) };
}

function registry(): string {
  return execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', cwd: '/' }).trim();
}
