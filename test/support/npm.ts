import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { ROOT } from './process.ts';

/** What an npm of this machine takes from its environment; its Node is the machine's own, not the one of npm ci. */
export const npmEnv: Record<string, string> = {
  HOME: process.env.HOME ?? '',
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes(`${sep}node_modules`))
    .join(delimiter),
  // What is in npm's cache is not asked for again.
  npm_config_prefer_offline: 'true',
  // A download that stands still is begun anew while the test still waits; by itself npm gives it five minutes.
  npm_config_fetch_timeout: '30000',
  npm_config_fetch_retries: '5',
  // What npm asks the registry besides: no test is about it.
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/** The path of the npm of this version; npm keeps it in its cache for later runs. */
export function npmOf(version: string): string {
  const args = ['exec', '--yes', `--package=npm@${version}`, '-c', 'command -v npm'];
  // Elsewhere: here it would look at what this project has.
  return execFileSync('npm', args, { cwd: '/', encoding: 'utf8', env: npmEnv, stdio: 'pipe' }).trim();
}

/** Copies what a clone of this repository would have, with what is not committed yet. */
export function copyProject(folder: string): void {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const deleted = new Set(filesOf(['ls-files', '-z', '--deleted']));
  for (const path of filesOf(args)) {
    if (deleted.has(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
}

function filesOf(args: readonly string[]): string[] {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}
