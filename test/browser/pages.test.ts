import type { Page } from '@playwright/test';
import { describe, test } from 'vitest';
import { createAccount, PASSWORD } from '../support/admin.ts';
import { axeFaults, axeFaultsAtAllWidths } from '../support/axe.ts';
import { startHub, type TestHub } from '../support/hub.ts';
import { expect, PHONE, useBrowser } from '../support/panel.ts';

const open = useBrowser();

/** All that opening the panel and visiting every page may fetch, as it comes over the wire. */
const MOST_BYTES = 150 * 1024;

/** Every page at every width, on a machine with much to do. */
const EVERY_PAGE_MS = 600_000;

/** What every field of text is given that strangers fill in. */
const HOSTILE = `<img src=x onerror="alert(1)">'--</script><script>alert(2)</script>`;

/** Something of everything, so that no page is empty. Text that strangers choose is markup. */
async function seed(hub: TestHub, text = HOSTILE): Promise<string[]> {
  const name = text.slice(0, 64);
  const tpv = await hub.tpv({ name, metadata: { note: text }, version: text.slice(0, 20) });
  const socket = await tpv.socket();
  const from = { id: 1001, is_bot: false, first_name: name, last_name: name, username: 'ana_1001' };
  const chat = { id: 1001, type: 'private', first_name: name };
  const message = (update: number, words: string) =>
    hub.update({ update_id: update, message: { message_id: update, date: 1_762_684_200, text: words, from, chat } });
  await message(1, text);
  const { instruction } = await socket.next('instruction');
  await socket.report(instruction.id, 'completed', { response: { text } });
  await message(2, text);
  hub.emulator.person({ id: 1001, first_name: name, started: true });
  const push = await tpv.fetch('/api/tpv/push/', {
    method: 'POST',
    json: {
      telegram_user_id: 1001,
      text,
      buttons: [[{ text: name, action: 'go' }]],
    },
  });
  const pushId = push.body.push_message_id ?? push.body.details?.[0]?.push_message_id;
  await hub.update({ update_id: 3, message: { text } });
  const [quarantined] = (await hub.admin('/api/admin/quarantine')).body.items;
  return [
    '/admin/',
    '/admin/conversaciones',
    '/admin/conversaciones?persona=1001',
    '/admin/tpvs',
    `/admin/tpvs/${tpv.id}`,
    '/admin/personas',
    '/admin/personas/1001',
    '/admin/instrucciones',
    `/admin/instrucciones/${instruction.id}`,
    '/admin/mensajes',
    `/admin/mensajes/${pushId}`,
    '/admin/cuarentena',
    `/admin/cuarentena/${quarantined.seq}`,
    '/admin/auditoria',
    '/admin/ajustes',
    '/admin/webhook',
    '/admin/cuenta',
    '/admin/no-existe',
  ];
}

/** Goes there as a link of the panel does, without loading it anew. */
async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    link.click();
    link.remove();
    // Once it is painted it is the new page that is looked at, be it still without its rows.
    const { promise, resolve } = Promise.withResolvers<void>();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    return promise;
  }, path);
  await settled(page);
}

async function settled(page: Page): Promise<void> {
  await expect(page.locator('main h1')).toBeVisible();
  await expect(page.locator('.loading')).toHaveCount(0);
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
}

test('what strangers wrote is text on every page, whatever it looks like', async () => {
  const hub = await startHub();
  const paths = await seed(hub);
  const page = await open(hub);
  for (const path of paths) {
    await visit(page, path);
    expect(await page.locator('main img:not([alt])').count(), path).toBe(0);
    expect(await page.locator('main script, main [onerror]').count(), path).toBe(0);
  }
  const shown = '<img src=x onerror="alert(1)">';
  for (const path of ['/admin/tpvs', '/admin/personas/1001', '/admin/instrucciones', '/admin/mensajes']) {
    await visit(page, path);
    await expect(page.locator('main')).toContainText(shown);
  }
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('nobody is kept out of any page, from a narrow phone to a desk (WCAG 2.2 AA)', {
    timeout: EVERY_PAGE_MS,
  }, async () => {
    const hub = await startHub();
    const paths = await seed(hub, 'Dos cañas y una de bravas');
    const page = await open(hub, { context: { colorScheme, reducedMotion: 'reduce' } });
    const faults: string[] = [];
    for (const path of paths) {
      await visit(page, path);
      for (const fault of await axeFaultsAtAllWidths(page)) faults.push(`${path}, ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  test('nobody is kept out of the login, of a dialog, of the search, and of what a list offers', async () => {
    const hub = await startHub();
    await seed(hub, 'Dos cañas');
    const page = await open(hub, { path: '/admin/instrucciones', context: { colorScheme, reducedMotion: 'reduce' } });
    await page.getByLabel('Seleccionar todo lo que se muestra').check();
    await page.getByRole('button', { name: 'Pasar a otro TPV' }).click();
    await expect(page.getByRole('dialog').getByRole('radio')).toHaveCount(1);
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    for (const [key, sign] of [
      ['/', 'Ir a'],
      ['?', 'En una lista'],
    ] as const) {
      await page.getByRole('heading', { level: 1 }).focus();
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog').getByText(sign, { exact: true })).toBeVisible();
      expect([key, await axeFaults(page)]).toEqual([key, []]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    const stranger = await open(hub, { account: null, context: { colorScheme, reducedMotion: 'reduce' } });
    await expect(stranger.getByLabel('Contraseña')).toBeVisible();
    expect(await axeFaults(stranger)).toEqual([]);
  });
});

test('no page scrolls sideways on a phone, and its navigation is at hand', async () => {
  const hub = await startHub();
  const paths = await seed(hub, `${HOSTILE} ${'Unapalabralarguísimaquenocabeenningúnsitio'.repeat(3)}`);
  for (const viewport of [PHONE, { width: 320, height: 640 }]) {
    const page = await open(hub, { context: { viewport, hasTouch: true, isMobile: true } });
    for (const path of paths) {
      await visit(page, path);
      // Not compared with the window: a phone's grows with what is too wide.
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBeLessThanOrEqual(viewport.width);
    }
    await page.getByRole('button', { name: 'Más' }).tap();
    await page.getByRole('dialog').getByRole('link', { name: 'Ajustes' }).tap();
    await expect(page.getByRole('heading', { name: 'Ajustes', level: 1 })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

test('every link of every page leads somewhere', async () => {
  const hub = await startHub();
  const paths = await seed(hub, 'Dos cañas');
  const page = await open(hub);
  const found = new Map<string, string>();
  for (const path of paths) {
    await visit(page, path);
    const links = page.locator('a[href^="/"]');
    for (const to of await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))) {
      // One of each kind: a list's rows lead to pages of one kind.
      found.set(to.replace(/[0-9a-f-]{36}|\d+/g, ':id'), to);
    }
  }
  expect(found.size).toBeGreaterThan(25);
  for (const to of found.values()) {
    if (to.startsWith('/admin')) {
      await visit(page, to);
      await expect(page.getByRole('heading', { name: 'Esta página no existe', level: 1 }), to).toHaveCount(0);
      continue;
    }
    const status = await page.evaluate(async (url) => {
      const response = await fetch(url);
      await response.body?.cancel();
      return response.status;
    }, to);
    expect([to, status]).toEqual([to, 200]);
  }
});

test('the keyboard alone is enough: to log in, go somewhere, open a dialog, and come back from it', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  await createAccount(hub);
  const page = await open(hub, { account: null });
  await expect(page.getByLabel('Nombre')).toBeFocused();
  await page.keyboard.type('ana');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Resumen', level: 1 })).toBeVisible();
  const skip = page.getByRole('link', { name: 'Saltar al contenido' });
  await skip.focus();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: /^TPV/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'TPV', level: 1 })).toBeFocused();
  await page.getByRole('link', { name: /Bar Pepe/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/admin/tpvs/${tpv.id}`);
  const edit = page.getByRole('button', { name: 'Editar' });
  await edit.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Editar Bar Pepe' });
  await expect(dialog.getByLabel('Nombre del local')).toBeFocused();
  for (let step = 0; step < 8; step++) {
    await page.keyboard.press('Tab');
    // The browser's own bar, seen as the body, is part of the round; the page behind the dialog is not.
    const behind = await page.evaluate(() => document.activeElement?.matches('body, dialog *') !== true);
    expect(behind).toBe(false);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(edit).toBeFocused();
});

test('what has the focus can be seen', async () => {
  const hub = await startHub();
  await hub.tpv();
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open(hub, { path: '/admin/tpvs', context: { colorScheme } });
    await settled(page);
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press('Tab');
      const look = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return undefined;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        const visible = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        return visible ? undefined : element.outerHTML.slice(0, 120);
      });
      expect(look).toBeUndefined();
    }
  }
});

test('who wants no motion gets none', async () => {
  const hub = await startHub();
  const paths = await seed(hub, 'Dos cañas');
  const page = await open(hub, { context: { reducedMotion: 'reduce' } });
  for (const path of paths.slice(0, 5)) {
    await visit(page, path);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
          const seconds = (list: string) => Math.max(...list.split(',').map(Number.parseFloat));
          return (animationName !== 'none' && seconds(animationDuration) > 0.01) || seconds(transitionDuration) > 0.01;
        })
        .map((element) => element.className),
    );
    expect(moving, path).toEqual([]);
  }
});

test('opening the panel, logging in and visiting every page takes 150 KiB at most', async () => {
  const hub = await startHub();
  const paths = await seed(hub, 'Dos cañas');
  await createAccount(hub);
  const page = await open(hub, { account: null, path: 'about:blank' });
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  let bytes = 0;
  // As it came over the wire, headers and all. The stream of changes never ends, and goes on as long as one looks.
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto('/admin/');
  await page.getByLabel('Nombre').fill('ana');
  await page.getByLabel('Contraseña').fill(PASSWORD);
  await page.getByRole('button', { name: 'Entrar' }).click();
  for (const path of paths) await visit(page, path);
  expect(bytes).toBeGreaterThan(100 * 1024);
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
});
