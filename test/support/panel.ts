import { type Browser, type BrowserContextOptions, type Page, expect as pageExpect } from '@playwright/test';
import { beforeAll, onTestFinished, vi } from 'vitest';
import { createAccount, logIn, type TestAccount } from './admin.ts';
import { BROWSER_INSTALL_MS, sharedBrowser } from './browser.ts';
import type { TestHub } from './hub.ts';

/** A machine with much to do shows a page late; nothing here measures time. */
export const PATIENCE_MS = 40_000;
const TEST_MS = 180_000;

/** Looks at a page until it is as expected. */
export const expect = pageExpect.configure({ timeout: PATIENCE_MS });

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 800 };

export interface PanelOptions {
  /** Where the panel is opened; absent: at the overview. */
  path?: string;
  /** Who is logged in (`ana`, an administrator, where nothing else is said); null: nobody. */
  account?: TestAccount | null;
  context?: BrowserContextOptions;
  /** Errors that the browser logs because the test wants them, such as a refused login. */
  expected?: RegExp;
}

/** Opens the panel of a hub in a browser of its own. */
export type OpenPanel = (hub: TestHub, options?: PanelOptions) => Promise<Page>;

/** Each panel that is opened has its own cookies, and goes with its test; the browser is the worker's. */
export function useBrowser(): OpenPanel {
  vi.setConfig({ testTimeout: TEST_MS });
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await sharedBrowser();
  }, BROWSER_INSTALL_MS);
  return async (hub, options = {}) => {
    if (browser === undefined) throw new Error('The browser starts before the first test.');
    return openPanel(browser, hub, options);
  };
}

async function openPanel(browser: Browser, hub: TestHub, options: PanelOptions): Promise<Page> {
  const { path = '/admin/', account = {}, context: contextOptions, expected } = options;
  const context = await browser.newContext({
    baseURL: hub.url,
    viewport: DESK,
    locale: 'es-ES',
    timezoneId: 'Europe/Madrid',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...contextOptions,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const faults = watchFaults(page, hub, expected);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      process.stderr.write(`${page.url()}\n${await page.locator('body').ariaSnapshot()}\n`);
    }
    await context.close();
    pageExpect(faults, 'what the browser complained of').toEqual([]);
  });
  if (account !== null) await context.addCookies([await sessionCookie(hub, account)]);
  await page.goto(path);
  return page;
}

/** Whatever no page of the panel may cause: errors, violations of its policy, requests to anybody else. */
function watchFaults(page: Page, hub: TestHub, expected: RegExp | undefined): readonly string[] {
  const faults: string[] = [];
  const note = (fault: string) => {
    if (expected === undefined || !expected.test(fault)) faults.push(fault);
  };
  page.on('pageerror', (error) => note(`${error.name}: ${error.message}`));
  // The browser logs a violation of the policy as an error, too.
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
  });
  page.on('dialog', (dialog) => {
    note(`a dialog of the browser: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const { host } = new URL(hub.url);
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.host !== host) note(`a request to ${url.href}`);
  });
  return faults;
}

/** Logs in without the form, which has tests of its own. The account is made where there is none of the name. */
async function sessionCookie(hub: TestHub, account: TestAccount) {
  const { name = 'ana' } = account;
  const { body } = await hub.admin('/api/admin/accounts');
  const known = body.items.some((one: { name: string }) => one.name === name);
  if (!known) await createAccount(hub, account);
  const { cookie } = await logIn(hub, account);
  const [cookieName = '', value = ''] = cookie.split('=', 2);
  return { name: cookieName, value, url: hub.url, httpOnly: true, sameSite: 'Strict' as const };
}
