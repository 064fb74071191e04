import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { HubError } from '../../errors.ts';
import { syncFolder } from '../backup/partial.ts';

/**
 * The link in the hub's folder to the program that the service runs: the folder itself where that is a checkout, one of
 * `releases/` after an upgrade. One rename changes it, so there is no moment without a program.
 */
const LINK = 'program';
const RELEASES = 'releases';
/** Where npm puts a package that it installs below a folder of its own. */
const WITHIN = 'lib/node_modules/valletpv-hub';

/** Packages that bring Node. */
const BRINGS_NODE = /^node-(bin-)?(linux|darwin|win)-/;

/** A version of the program that lies in `releases/`. */
export interface Release {
  version: string;
  /** The folder below `releases/` that goes when the release goes. */
  name: string;
  /** Where the link would lead, from the hub's folder. */
  target: string;
}

/**
 * Where the link leads, from the hub's folder.
 * @throws HubError `invalid_request` with a sentence if there is no such link
 */
export function linkedProgram(project: string): string {
  try {
    return readlinkSync(join(project, LINK));
  } catch (cause) {
    throw new HubError(
      'invalid_request',
      `${project} is not the folder of a hub that runs as a service: go there first (cd /opt/valletpv-hub). Where it was installed by an older version: deploy/manage_webhook_service.sh install`,
      { cause },
    );
  }
}

/** Leads the link elsewhere; whatever happens, it leads to one or the other. */
export function linkTo(project: string, target: string): void {
  const fresh = join(project, `${LINK}.new`);
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  renameSync(fresh, join(project, LINK));
  syncFolder(project);
}

/**
 * Takes away what the package that brings Node has for those who compile against it: 67 MB.
 * @param program a release's folder
 */
export function dropHeaders(program: string): void {
  const packages = join(program, 'node_modules');
  // Never those of another folder, to which a link leads.
  if (lstatSync(packages, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const name of readdirSync(packages).filter((one) => BRINGS_NODE.test(one))) {
    rmSync(join(packages, name, 'include'), { recursive: true, force: true });
  }
}

/** Makes an empty folder for a release; the service's user may read it. */
export function makeRelease(project: string, version: string): Release {
  const releases = join(project, RELEASES);
  mkdirSync(releases, { recursive: true });
  chmodSync(releases, 0o755);
  for (let n = 1; ; n++) {
    const name = n === 1 ? version : `${version}-${n}`;
    if (existsSync(join(releases, name))) continue;
    mkdirSync(join(releases, name));
    chmodSync(join(releases, name), 0o755);
    return { version, name, target: join(RELEASES, name, WITHIN) };
  }
}

/** The folder that gets a release. */
export function releaseFolder(project: string, { name }: Release): string {
  return join(project, RELEASES, name);
}

/** Removes the releases that were tried and left, or were replaced long ago; never the one that the link leads to. */
export function keepReleases(project: string, targets: readonly string[]): void {
  const kept = [linkedProgram(project), ...targets].map((target) => target.split('/')[1]);
  const releases = join(project, RELEASES);
  if (!existsSync(releases)) return;
  for (const { name } of readdirSync(releases, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    if (!kept.includes(name)) rmSync(join(releases, name), { recursive: true, force: true });
  }
}

/** The file in `releases/` in which an upgrade that is under way says what it changes. */
export function journalFile(project: string): string {
  return join(project, RELEASES, 'upgrade.json');
}
