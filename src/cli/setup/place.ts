import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VERSION } from '../../config/version.ts';
import { dropHeaders, linkTo, makeRelease } from '../../operations/upgrade/program.ts';
import type { Input } from '../command.ts';

const USUAL_FOLDER = '/opt/valletpv-hub';
const OWNER_ALONE = 0o600;

/** The program that runs here, as a checkout or as a package. */
export interface Program {
  folder: string;
  isCheckout: boolean;
}

export function thisProgram(): Program {
  let folder = import.meta.dirname;
  // A release has the compiled files in dist/, and this one beside that.
  while (!existsSync(join(folder, 'src/process/launch.cjs')) && dirname(folder) !== folder) folder = dirname(folder);
  return { folder, isCheckout: existsSync(join(folder, 'src/main.ts')) };
}

/** Where the hub's `.env`, data and logs are. */
export function hubFolder({ folder, isCheckout }: Program, given: Input['options'][string]): string {
  if (typeof given === 'string') return resolve(given);
  return isCheckout ? folder : USUAL_FOLDER;
}

/**
 * Puts a package's program into the hub's folder, where `upgrade` finds it; from then on the command that npm made is
 * that of the program which the service runs. A checkout stays where it is.
 */
export function placeProgram({ folder, isCheckout }: Program, hub: string): void {
  mkdirSync(hub, { recursive: true });
  if (isCheckout || existsSync(join(hub, 'program'))) return;
  const release = makeRelease(hub, VERSION);
  const target = join(hub, release.target);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(folder, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== join(folder, 'program'),
  });
  dropHeaders(target);
  linkTo(hub, release.target);
  const own = join(folder, 'program');
  if (lstatSync(own, { throwIfNoEntry: false }) === undefined) symlinkSync(join(hub, 'program'), own);
}

/** Never half of it, and for its owner alone from the first byte. */
export function writeEnv(file: string, text: string): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { mode: OWNER_ALONE });
  chmodSync(fresh, OWNER_ALONE);
  renameSync(fresh, file);
}
