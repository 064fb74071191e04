import { describe, test } from 'vitest';
import { Picture } from '../../demo/png.ts';
import { axeFaultsAtAllWidths } from '../support/axe.ts';
import { startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, PHONE, useBrowser } from '../support/panel.ts';
import { connectTelegram } from '../support/telegram.ts';

const open = useBrowser();

/** A TPV whose socket took what Ana and Bea wrote; Ana sent a photo. */
async function town() {
  const hub = await startHub();
  await connectTelegram(hub);
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  const bea = hub.emulator.person({ id: 1002, first_name: 'Bea', started: true });
  ana.sendPhoto({ bytes: new Picture(40, 30).png(), caption: 'Esta mesa' });
  const { instruction: photo } = await socket.next('instruction', PATIENCE_MS);
  bea.send('Dos cañas');
  const { instruction: beers } = await socket.next('instruction', PATIENCE_MS);
  return { hub, tpv, socket, ana, bea, photo, beers };
}

test('an operator reads who wrote, answers, and sends again what failed, without leaving the conversations', async () => {
  const { hub, tpv, socket, ana, bea, photo, beers } = await town();
  await socket.report(beers.id, 'failed', { error_message: 'sin papel' });
  const page = await open(hub, { path: '/admin/conversaciones' });
  const list = page.getByRole('region', { name: 'Lista de conversaciones' });
  const rows = list.getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText('Bea');
  await expect(rows.nth(0)).toContainText('sin papel');
  await expect(rows.nth(1)).toContainText('En espera');

  // Ana's: her photo, why it waits, and who attends her.
  await rows.nth(1).getByRole('link').click();
  await expect(page).toHaveURL('/admin/conversaciones?persona=1001');
  const chat = page.getByRole('log', { name: 'Conversación con Ana' });
  await expect(chat.getByRole('img', { name: 'Foto de Ana' })).toHaveJSProperty('naturalWidth', 40);
  await expect(page.getByText('Por qué espera')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Bar Pepe');
  await socket.report(photo.id, 'completed', { response: { text: 'Vista' } });
  await expect(chat).toContainText('Atendido');
  await chat.getByText('Respuesta').click();
  await expect(chat).toContainText('"Vista"');
  await expect(page.getByText('Por qué espera')).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Escribir a Ana' }).fill('Ahora voy');
  await page.keyboard.press('Enter');
  await ana.waitForMessage((one) => one.text === 'Ahora voy', PATIENCE_MS);
  await expect(chat.locator('.bubble-out')).toContainText('ana');
  await expect(rows.nth(1)).toContainText('Operador: Ahora voy');

  // Bea's: her order is sent once more, and offered no second time.
  await rows.nth(0).getByRole('link').click();
  const hers = page.getByRole('log', { name: 'Conversación con Bea' });
  await hers.getByRole('button', { name: 'Reintentar' }).click();
  const { instruction: again } = await socket.next('instruction', PATIENCE_MS);
  expect(again.payload.text).toBe('Dos cañas');
  await expect(hers.getByText('Reintentado')).toBeVisible();
  await expect(hers.getByRole('button', { name: 'Reintentar' })).toHaveCount(0);

  // A photo that her TPV sent is seen as she sees it.
  const ticket = new File([new Uint8Array(new Picture(50, 20).png())], 'ticket.png', { type: 'image/png' });
  const form = new FormData();
  for (const [name, value] of Object.entries({ telegram_user_id: '1002', message_type: 'photo', photo: ticket })) {
    form.set(name, value);
  }
  await fetch(`${hub.url}/api/tpv/push/`, {
    method: 'POST',
    headers: { authorization: `ApiKey ${tpv.key}` },
    body: form,
  });
  await expect(hers.getByRole('img', { name: 'Foto de Bar Pepe' })).toHaveJSProperty('naturalWidth', 50);

  // A button that she presses is marked, with who it was.
  const buttons = [[{ text: 'Nada', action: 'nothing' }]];
  const json = { telegram_user_id: 1002, text: '¿Algo más?', buttons };
  const { body } = await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
  await expect(hers).toContainText('¿Algo más?');
  bea.press(body.telegram_message_id, 0);
  await expect(hers).toContainText('Pulsado por Bea');
});

test('what is new is marked until it is opened, by keys too, and views narrow the list down', async () => {
  const { hub, socket, ana, beers } = await town();
  await socket.report(beers.id, 'failed', { error_message: 'sin papel' });
  const page = await open(hub, { path: '/admin/conversaciones' });
  const rows = page.getByRole('region', { name: 'Lista de conversaciones' }).getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(page.getByText('sin leer')).toHaveCount(0);
  ana.send('¿Hay alguien?');
  await expect(rows.filter({ hasText: 'Ana' })).toContainText('sin leer');
  await expect(rows.filter({ hasText: 'Ana' })).toContainText('¿Hay alguien?');

  const names = await rows.locator('.inbox-name').allTextContents();
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(0).getByRole('link')).toBeFocused();
  for (let at = 0; at < names.indexOf('Ana'); at++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'Escribir a Ana' });
  await expect(box).toBeVisible();
  await expect(page.getByText('sin leer')).toHaveCount(0);
  await page.keyboard.press('r');
  await expect(box).toBeFocused();
  await page.keyboard.type('¡Sí!');
  await expect(box).toHaveValue('¡Sí!');

  await page.getByRole('link', { name: 'Con fallos' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Bea');
  await page.getByRole('link', { name: 'Sin contestar', exact: true }).click();
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Buscar un cliente').fill('bea');
  await expect(rows).toHaveCount(1);
});

test('a phone shows the list, the conversation or the person, one at a time', async () => {
  const { hub } = await town();
  const page = await open(hub, {
    path: '/admin/conversaciones',
    context: { viewport: PHONE, hasTouch: true, isMobile: true },
  });
  const list = page.getByRole('region', { name: 'Lista de conversaciones' });
  await list.getByRole('link', { name: /Ana/ }).tap();
  await expect(list).toBeHidden();
  const back = page.getByRole('link', { name: 'Conversaciones', exact: true }).and(page.locator('.inbox-back'));
  await expect(back).toBeFocused();
  await expect(page.getByRole('log')).toBeVisible();
  await expect(page.getByText('Id de Telegram')).toBeHidden();
  await page.getByRole('button', { name: 'Ficha' }).tap();
  await expect(page.getByText('Id de Telegram')).toBeVisible();
  await expect(page.getByRole('log')).toBeHidden();
  await back.tap();
  await expect(list).toBeVisible();
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('nobody is kept out of the conversations, whatever the width, and nothing scrolls sideways', async () => {
    const { hub, socket, beers } = await town();
    await socket.report(beers.id, 'failed', { error_message: 'sin papel' });
    const page = await open(hub, {
      path: '/admin/conversaciones?persona=1001',
      context: { colorScheme, reducedMotion: 'reduce' },
    });
    await expect(page.getByRole('log')).toContainText('Esta mesa');
    expect(await axeFaultsAtAllWidths(page)).toEqual([]);
  });
});
