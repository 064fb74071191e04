import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { announceInstall, DEBIAN_INSTALL_MS, debianProgram, mayInstall } from './debian.ts';

/** What a hook that calls `launchBrowser` may take, in ms: a first run downloads a browser. */
export const BROWSER_INSTALL_MS = 2 * DEBIAN_INSTALL_MS;

/** Debian's Chromium without a window: the same engine, at half of what the whole browser takes. */
const SHELL = 'chromium-headless-shell';
const NAMES = [
  SHELL,
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];
/** Where they are on systems that put no program of a window into PATH. */
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env.PROGRAMFILES ?? 'C:\\Program Files', 'Google/Chrome/Application/chrome.exe'),
];

/**
 * Starts a Chromium without a window.
 * @throws a sentence that says what to install
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await chromiumPath(),
    // In a container the sandbox has no right to its namespaces, and /dev/shm is small; the pages are the hub's own.
    chromiumSandbox: false,
    args: ['--disable-dev-shm-usage', '--disable-gpu', ONE_RENDERER],
  });
}

/** The pages of a browser share one process: starting another for each takes longer than most of them need. */
const ONE_RENDERER = '--renderer-process-limit=1';

let shared: Promise<Browser> | undefined;

/** The one browser of this worker's test files, which ends with the worker: Playwright sees to that. */
export async function sharedBrowser(): Promise<Browser> {
  const browser = await shared?.catch(() => undefined);
  if (browser?.isConnected()) return browser;
  shared = launchBrowser();
  return shared;
}

/**
 * A Chromium or Chrome: the one that `CHROMIUM_PATH` names, one that is here, else Debian's packages where this is root,
 * else Playwright's own download.
 * @returns the absolute path
 * @throws a sentence that says what to install
 */
export async function chromiumPath(): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (await runs(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which is no program: correct it, or leave it out.`);
  }
  const there = await present();
  if (there !== undefined) return there;
  const faults: unknown[] = [];
  const debian = [SHELL, 'chromium'].map((name) => () => debianProgram(name, name));
  for (const install of [...debian, ...(mayInstall() ? [download] : [])]) {
    try {
      return await install();
    } catch (error) {
      faults.push(error);
    }
  }
  throw new AggregateError(
    faults,
    'The tests of the panel need Chromium or Chrome, which is not here and could not be installed; install it, or say ' +
      `where it is: CHROMIUM_PATH=/path/to/chrome. ${faults.map(messageOf).join(' ')}`,
  );
}

async function present(): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin');
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const path of [...paths, ...ELSEWHERE, chromium.executablePath()]) if (await runs(path)) return path;
  return undefined;
}

/** Playwright keeps it for every later run, and lets one process download at a time. */
async function download(): Promise<string> {
  announceInstall('Chromium', 'Playwright');
  const root = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'));
  const args = [join(root, 'cli.js'), 'install', 'chromium'];
  await promisify(execFile)(process.execPath, args, { timeout: DEBIAN_INSTALL_MS, maxBuffer: 2 ** 24 });
  return chromium.executablePath();
}

function runs(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
