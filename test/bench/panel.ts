import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { launchBrowser } from '../support/browser.ts';
import { BENCH_ADMIN_TOKEN } from './hub-environment.ts';
import { Latencies } from './latencies.ts';

/** Pages that open with a list, and where its rows or figures appear. */
const PAGES = [
  { name: 'overview', path: '/admin/', ready: '.tiles .tile' },
  { name: 'TPVs', path: '/admin/tpvs', ready: 'tbody tr' },
  { name: 'people', path: '/admin/personas', ready: 'tbody tr' },
  { name: 'instructions', path: '/admin/instrucciones', ready: 'tbody tr' },
] as const;
/** What a person who watches orders come in has open. */
const WATCHED = ['/admin/', '/admin/instrucciones'] as const;
const LONGEST_MS = 60_000;
/** The panel looks at a list again this often at most. */
const LOOK_EVERY_MS = 1_000;
const NAME = 'bench';
const PASSWORD = 'a-made-up-password';

export interface PageTimes {
  name: string;
  /** From the navigation to the rows on the screen, with nothing in the browser's cache. */
  usable: Latencies;
}

/** Administrators who look at a hub. */
export class PanelVisitors {
  readonly #url: URL;
  readonly #cookie: string;
  #browser: Browser | undefined;

  private constructor(url: URL, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** Makes an account, and logs in with it. */
  static async logIn(url: URL): Promise<PanelVisitors> {
    const post = (path: string, json: object, headers: Record<string, string>) =>
      fetch(new URL(path, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(json),
      });
    const account = { name: NAME, role: 'admin', password: PASSWORD };
    await post('/api/admin/accounts', account, { authorization: `Token ${BENCH_ADMIN_TOKEN}` });
    const answer = await post('/api/admin/login', { name: NAME, password: PASSWORD }, { origin: url.origin });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie === undefined) throw new Error(`The login was answered with ${answer.status}.`);
    return new PanelVisitors(url, cookie.split(';', 1)[0] ?? '');
  }

  /** How long each page takes, opened `visits` times; the very first visit, for which the hub puts the panel together, is apart. */
  async visit(visits: number): Promise<{ firstMs: number; pages: PageTimes[] }> {
    const pages = PAGES.map(({ name }) => ({ name, usable: new Latencies() }));
    const firstMs = await this.#usableMs(PAGES[0]);
    for (let visit = 0; visit < visits; visit++) {
      for (const [index, page] of PAGES.entries()) pages[index]?.usable.add(await this.#usableMs(page));
    }
    return { firstMs, pages };
  }

  /** Leaves pages open in a browser while `work` goes on. */
  async whileOpen<T>(work: () => Promise<T>): Promise<T> {
    const context = await this.#context();
    try {
      for (const path of WATCHED) await (await context.newPage()).goto(new URL(path, this.#url).href);
      return await work();
    } finally {
      await context.close();
    }
  }

  /** Asks for what those pages ask for while `work` goes on, and draws nothing: what is left is the hub's own cost. */
  async whileAsked<T>(work: () => Promise<T>): Promise<T> {
    const done = new AbortController();
    const asking = Promise.all(WATCHED.map(() => this.#ask(done.signal)));
    try {
      return await work();
    } finally {
      done.abort();
      await asking;
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const options = { headers: { cookie: this.#cookie }, signal };
    const stream = await fetch(new URL('/api/admin/events', this.#url), options);
    const read = async () => {
      for await (const _chunk of stream.body ?? []) if (signal.aborted) return;
    };
    const look = async () => {
      for (; !signal.aborted; await pause(LOOK_EVERY_MS, undefined, { signal })) {
        await (await fetch(new URL('/api/admin/instructions?limit=50', this.#url), options)).arrayBuffer();
      }
    };
    await Promise.all([read(), look()]).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async #usableMs({ path, ready }: { path: string; ready: string }): Promise<number> {
    const context = await this.#context();
    try {
      const page = await context.newPage();
      const said = listenTo(page);
      await page.goto(new URL(path, this.#url).href, { waitUntil: 'commit' });
      return await timeOf(page, ready, said);
    } finally {
      await context.close();
    }
  }

  async #context(): Promise<BrowserContext> {
    this.#browser ??= await launchBrowser();
    const context = await this.#browser.newContext({ locale: 'es-ES' });
    const [name = '', value = ''] = this.#cookie.split('=', 2);
    await context.addCookies([{ name, value, url: this.#url.href, httpOnly: true, sameSite: 'Strict' }]);
    return context;
  }
}

/** What a page asked for and complained of, so that one that shows nothing says why. */
function listenTo(page: Page): readonly string[] {
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`${error.name}: ${error.message}`));
  page.on('crash', () => said.push('the page crashed'));
  page.on('request', (request) => said.push(`asked for ${request.url()}`));
  page.on('response', (response) => said.push(`${response.status()} ${response.url()}`));
  page.on('requestfailed', (request) => said.push(`${request.failure()?.errorText} ${request.url()}`));
  return said;
}

/** Milliseconds from the navigation until something is shown, by the page's own clock. */
async function timeOf(page: Page, selector: string, said: readonly string[]): Promise<number> {
  try {
    await page.locator(selector).first().waitFor({ timeout: LONGEST_MS });
  } catch (error) {
    const shown = await page.locator('body').ariaSnapshot();
    throw new Error(`${page.url()} showed no ${selector}, but\n${shown}\n${said.join('\n')}`, { cause: error });
  }
  return Number(await page.evaluate('performance.now()'));
}
