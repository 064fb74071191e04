import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { launchBrowser } from '../test/support/browser.ts';
import type { Login } from './operator.ts';
import { setStage } from './stage.ts';
import { LOGIN, MANAGER, openTown } from './town.ts';

/** A page of the panel. */
interface Shown {
  as: Login;
  path: string;
  /** Goes on from there, and waits for what is to be seen. */
  show(page: Page): Promise<void>;
}

const PAGES = {
  overview: { as: LOGIN, path: '/admin/', show: (page) => seen(page, 'Bien') },
  conversation: {
    as: LOGIN,
    path: '/admin/conversaciones',
    async show(page) {
      await page.locator('.inbox-row').filter({ hasText: 'Omar' }).click();
      await seen(page, 'Ver la historia');
    },
  },
  instructions: { as: LOGIN, path: '/admin/instrucciones', show: (page) => seen(page, '2 cañas y una tortilla') },
  instruction: {
    as: LOGIN,
    path: '/admin/instrucciones',
    async show(page) {
      await page
        .getByRole('link', { name: /2 cañas y una tortilla/ })
        .first()
        .click();
      await seen(page, 'Historia');
    },
  },
  restaurant: { as: MANAGER, path: '/admin/', show: (page) => seen(page, 'Última señal') },
} as const satisfies Record<string, Shown>;

type PageName = keyof typeof PAGES;

const SIZES = { 390: 844, 1024: 768, 1440: 900 } as const;
type Width = keyof typeof SIZES;
const WIDTHS = [390, 1_024, 1_440] as const satisfies readonly Width[];

/** What the documents show. */
const IN_DOCS: readonly { name: string; page: PageName; width: Width; dark?: true }[] = [
  { name: 'panel-overview', page: 'overview', width: 1_440 },
  { name: 'panel-phone', page: 'overview', width: 390, dark: true },
  { name: 'panel-conversation', page: 'conversation', width: 1_440 },
  { name: 'panel-conversation-dark', page: 'conversation', width: 1_024, dark: true },
  { name: 'panel-conversation-phone', page: 'conversation', width: 390 },
  { name: 'panel-instructions', page: 'instructions', width: 1_024, dark: true },
  { name: 'panel-instructions-phone', page: 'instructions', width: 390 },
  { name: 'panel-instruction', page: 'instruction', width: 1_024 },
  { name: 'panel-restaurant', page: 'restaurant', width: 1_024 },
  { name: 'panel-restaurant-phone', page: 'restaurant', width: 390 },
];

const { values } = parseArgs({ options: { to: { type: 'string' }, all: { type: 'boolean', default: false } } });
const folder = values.to ?? join(import.meta.dirname, values.all ? '../screenshots' : '../docs');

const stage = await setStage({ chat: 0, hub: 0 });
try {
  await openTown(stage);
  const browser = await launchBrowser();
  try {
    mkdirSync(folder, { recursive: true });
    for (const dark of [false, true]) await takeAll(browser, dark);
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}

/** Each page is opened once, and its window made as wide as each picture wants it. */
async function takeAll(browser: Browser, dark: boolean): Promise<void> {
  let page: Page | undefined;
  let as: Login | undefined;
  for (const [name, shown] of Object.entries(PAGES)) {
    // The keys of the object above.
    const pictures = WIDTHS.flatMap((width) => picturesOf(name as PageName, width, dark));
    if (pictures.length === 0) continue;
    if (page === undefined || as !== shown.as) {
      await page?.context().close();
      as = shown.as;
      page = await logIn(browser, as, dark);
    }
    await page.setViewportSize({ width: 1_440, height: SIZES[1_440] });
    await page.goto(stage.hubUrl + shown.path);
    await shown.show(page);
    for (const { file, width } of pictures) {
      await page.setViewportSize({ width, height: SIZES[width] });
      await page.evaluate('scrollTo(0, 0)');
      const path = join(folder, `${file}.png`);
      writeFileSync(path, await page.screenshot());
      console.log(path);
    }
  }
  await page?.context().close();
}

/** As which files a page is kept at a width: one, or none. */
function picturesOf(page: PageName, width: Width, dark: boolean): { file: string; width: Width }[] {
  if (values.all) return [{ file: `${page}-${width}-${dark ? 'dark' : 'light'}`, width }];
  return IN_DOCS.filter((one) => one.page === page && one.width === width && (one.dark ?? false) === dark).map(
    ({ name: file }) => ({ file, width }),
  );
}

async function logIn(browser: Browser, { name, password }: Login, dark: boolean): Promise<Page> {
  const context = await browser.newContext({
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'es-ES',
  });
  const page = await context.newPage();
  await page.goto(`${stage.hubUrl}/admin/`);
  await page.getByLabel('Nombre').fill(name);
  await page.getByLabel('Contraseña').fill(password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.getByRole('heading', { name: 'Resumen', level: 1 }).waitFor();
  return page;
}

async function seen(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}
