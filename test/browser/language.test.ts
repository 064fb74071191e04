import type { Page } from '@playwright/test';
import { test } from 'vitest';
import { PASSWORD } from '../support/admin.ts';
import { startHub } from '../support/hub.ts';
import { expect, useBrowser } from '../support/panel.ts';

const open = useBrowser();

/** The choice of languages names each in itself. */
const ITS_OWN_NAME = 'Español';
/** What no page in English has, but in what people wrote: letters, marks and words of Spanish. */
const SPANISH = /[áéíóúñ¿¡«»]|\b(el|la|los|las|que|de|del|con|por|para|sin|y)\b/i;

/** All that a person reads or hears of a page, line by line. */
function wordsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const named = [...document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')].flatMap((element) =>
      ['aria-label', 'placeholder', 'title', 'alt'].map((name) => element.getAttribute(name) ?? ''),
    );
    return [document.title, ...document.body.innerText.split('\n'), ...named];
  });
}

/** Chooses English in the account. */
async function chooseEnglish(page: Page): Promise<void> {
  await page.getByLabel('Idioma del panel').selectOption('English');
  await page.getByRole('button', { name: 'Cambiar el idioma' }).click();
  await expect(page.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible();
}

test('an account chooses the panel’s language, which every browser follows, and the login the last one', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/cuenta' });
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');
  await chooseEnglish(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible();

  const other = await open(hub, { account: null, path: '/admin/auditoria' });
  await other.getByLabel('Nombre').fill('ana');
  await other.getByLabel('Contraseña').fill(PASSWORD);
  await other.getByRole('button', { name: 'Entrar' }).click();
  await expect(other.getByRole('heading', { name: 'Audit log', level: 1 })).toBeVisible();
  await expect(other.getByRole('table')).toContainText('ana changed the language of the panel.');
  await other.getByRole('button', { name: 'Log out' }).click();
  await expect(other.getByRole('button', { name: 'Log in' })).toBeVisible();

  await page.getByLabel('Language of the panel').selectOption('Español');
  await page.getByRole('button', { name: 'Change the language' }).click();
  await expect(page.getByRole('heading', { name: 'Cuenta', level: 1 })).toBeVisible();
});

test('no page in English says a word in Spanish', async () => {
  const hub = await startHub({ env: { DEFAULT_LOCALE: 'en' } });
  // A webhook that is not set is told of in the hub's own sentence.
  await hub.emulatorDelivers();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  await hub.message(1, 'Two beers');
  const { instruction } = await socket.next('instruction');
  await socket.report(instruction.id, 'completed', { response: { text: 'Coming' } });
  await hub.message(2, 'And the bill');
  hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  const json = { telegram_user_id: 1001, text: 'At nine', buttons: [[{ text: 'Fine', action: 'go' }]] };
  const push = await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
  await hub.update({ update_id: 3, message: { text: 'nothing else' } });
  const [quarantined] = (await hub.admin('/api/admin/quarantine')).body.items;
  const page = await open(hub, { path: '/admin/cuenta' });
  await chooseEnglish(page);
  const found: string[] = [];
  const look = async (where: string) => {
    const spanish = (await wordsOf(page)).filter((words) => words !== ITS_OWN_NAME && SPANISH.test(words));
    found.push(...spanish.map((words) => `${where}: ${words}`));
  };
  for (const path of [
    '/admin/',
    '/admin/conversaciones?persona=1001',
    '/admin/tpvs',
    `/admin/tpvs/${tpv.id}`,
    '/admin/personas',
    '/admin/personas/1001',
    '/admin/instrucciones',
    `/admin/instrucciones/${instruction.id}`,
    '/admin/mensajes',
    `/admin/mensajes/${push.body.push_message_id ?? push.body.details?.[0]?.push_message_id}`,
    '/admin/cuarentena',
    `/admin/cuarentena/${quarantined.seq}`,
    '/admin/auditoria',
    '/admin/ajustes',
    '/admin/webhook',
    '/admin/cuenta',
    '/admin/no-existe',
  ]) {
    await page.goto(path);
    await expect(page.locator('main h1')).toBeVisible();
    await expect(page.locator('.loading')).toHaveCount(0);
    await look(path);
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('Pepe');
  await expect(page.getByRole('dialog').getByRole('option', { name: /Bar Pepe/ })).toBeVisible();
  await look('search');
  expect(found).toEqual([]);
});
