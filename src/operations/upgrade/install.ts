import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HubError } from '../../errors.ts';
import { requireSpace } from '../backup/space.ts';
import { type ChildOptions, runChild } from './child.ts';
import { dropHeaders, makeRelease, type Release, releaseFolder } from './program.ts';

const NAME = 'valletpv-hub';
/** As semantic versions are; it becomes the name of a folder. */
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,40})?$/;
/** A release with its packages and its Node takes 250 MB, and npm as much again while it unpacks them. */
const RELEASE_BYTES = 500_000_000;

/**
 * Looks into a package, and installs it below `releases/`, beside the program that runs.
 * @param options how npm runs: in the hub's folder, with what it needs of the environment
 * @throws HubError with a sentence; nothing is left then
 */
export async function installRelease(tarball: string, options: ChildOptions): Promise<Release> {
  const project = options.cwd;
  const version = await versionOf(tarball, options);
  requireSpace(project, RELEASE_BYTES, 'the new version');
  const release = makeRelease(project, version);
  try {
    // The service's user reads it, whatever root's shell keeps from others. No package of the hub needs a script.
    const install = ['install', '--global', '--prefix', releaseFolder(project, release), '--omit=dev'];
    const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', tarball];
    // npm runs under the hub's Node here, which by itself does not know whom this machine trusts besides.
    const env = { ...options.env, NODE_USE_SYSTEM_CA: '1' };
    await runChild(
      '/bin/sh',
      ['-c', 'umask 022 && exec npm "$@"', 'npm', ...install, ...quietly],
      { ...options, env },
      `npm can't install ${tarball}; the hub runs as before.`,
    );
    dropHeaders(join(project, release.target));
    return release;
  } catch (error) {
    rmSync(releaseFolder(project, release), { recursive: true, force: true });
    throw error;
  }
}

async function versionOf(tarball: string, options: ChildOptions): Promise<string> {
  const what = 'is no package of the hub, which "npm pack" makes (valletpv-hub-<version>.tgz)';
  if (statSync(tarball, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new HubError('invalid_request', `There is no file ${tarball}: give the package, valletpv-hub-<version>.tgz.`);
  }
  const text = await runChild('tar', ['-xzOf', tarball, 'package/package.json'], options, `${tarball} ${what}.`);
  const { name, version } = packageOf(text);
  if (name !== NAME || typeof version !== 'string' || !VERSION.test(version)) {
    throw new HubError('invalid_request', `${tarball} ${what}.`);
  }
  return version;
}

function packageOf(text: string): { name?: unknown; version?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
