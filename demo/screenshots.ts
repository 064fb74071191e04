import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { launchBrowser } from '../test/support/browser.ts';
import { setStage } from './stage.ts';
import { LOGIN, openTown } from './town.ts';

/** A picture of the panel, as the READMEs show it. */
interface Picture {
  name: string;
  width: number;
  height: number;
  dark?: boolean;
  /** Goes to what is to be seen, from the overview on. */
  show(page: Page): Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: 'panel-overview', width: 1280, height: 860, show: (page) => seen(page, 'Bien') },
  {
    name: 'panel-instruction',
    width: 1280,
    height: 860,
    async show(page) {
      await page.getByRole('link', { name: 'Recibidos' }).first().click();
      await page
        .getByRole('link', { name: /2 cañas y una tortilla/ })
        .first()
        .click();
      await seen(page, 'Historia');
    },
  },
  { name: 'panel-phone', width: 390, height: 844, dark: true, show: (page) => seen(page, 'Bien') },
];

const { values } = parseArgs({ options: { to: { type: 'string' } } });
const folder = values.to ?? join(import.meta.dirname, '../docs');

const stage = await setStage({ chat: 0, hub: 0 });
try {
  await openTown(stage);
  const browser = await launchBrowser();
  try {
    mkdirSync(folder, { recursive: true });
    for (const picture of PICTURES) {
      const path = join(folder, `${picture.name}.png`);
      writeFileSync(path, await take(browser, stage.hubUrl, picture));
      console.log(path);
    }
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}

async function take(browser: Browser, hubUrl: string, { width, height, dark = false, show }: Picture): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'es-ES',
  });
  const page = await context.newPage();
  await page.goto(`${hubUrl}/admin/`);
  await page.getByLabel('Nombre').fill(LOGIN.name);
  await page.getByLabel('Contraseña').fill(LOGIN.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await seen(page, 'En espera');
  await show(page);
  const picture = await page.screenshot();
  await context.close();
  return picture;
}

async function seen(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}
