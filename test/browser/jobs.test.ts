import type { Page } from '@playwright/test';
import { test } from 'vitest';
import { startHub, type TestHub } from '../support/hub.ts';
import { DESK, expect, PATIENCE_MS, PHONE, useBrowser } from '../support/panel.ts';
import { startPushing } from '../support/push.ts';

const open = useBrowser();

/** Counts how often a pointer is pressed, and Enter or a key with Ctrl; what is typed besides is not counted. */
async function countPresses(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const { dataset } = document.documentElement;
    const count = () => {
      dataset.presses = String(Number(dataset.presses ?? 0) + 1);
    };
    addEventListener('pointerdown', count, true);
    const counted = ({ key, ctrlKey }: KeyboardEvent) => key === 'Enter' || (ctrlKey && key !== 'Control');
    addEventListener('keydown', (event) => counted(event) && count(), true);
  });
  return () => page.evaluate(() => Number(document.documentElement.dataset.presses ?? 0));
}

const rowsOf = (page: Page) => page.getByRole('rowgroup').last().getByRole('row');

test('a TPV is approved by one press, and tried with a test order by two', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  const json = { name: 'Bar Pepe', endpoint_url: 'https://bar.example' };
  await hub.fetch('/api/tpv/register/', { method: 'POST', json });
  const page = await open(hub, { path: '/admin/tpvs' });
  await expect(rowsOf(page)).toHaveCount(1);
  const presses = await countPresses(page);
  await page.getByRole('button', { name: 'Aprobar Bar Pepe' }).click();
  await expect(rowsOf(page)).toContainText('Sin conexión');
  expect(await presses()).toBe(1);
  await page.getByRole('link', { name: /Bar Pepe/ }).click();
  await page.getByRole('button', { name: 'Enviar prueba' }).click();
  await expect(page.getByRole('list', { name: 'Pasos del pedido de prueba' })).toBeVisible();
  expect(await presses()).toBe(3);
});

test('a person is found and written to by two presses, and one press tells why somebody waits', async () => {
  const hub = await startHub();
  await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Dos cañas', 1001);
  const page = await open(hub, { path: '/admin/conversaciones' });
  const row = page.getByRole('region', { name: 'Lista de conversaciones' }).getByRole('listitem');
  await expect(row).toHaveCount(1);
  const presses = await countPresses(page);
  await row.getByRole('link').click();
  await expect(page.getByText('Por qué espera')).toBeVisible();
  expect(await presses()).toBe(1);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Buscar en el panel' }).pressSequentially('ana_1001');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Escribir a Ana' })).toBeFocused();
  expect(await presses()).toBe(3);
});

test('a message of which nobody knows is resolved by two presses', async () => {
  const hub = await startPushing();
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
  await hub.send({ text: 'Quién sabe' });
  const page = await open(hub, { path: '/admin/mensajes?status=unknown' });
  await expect(rowsOf(page)).toHaveCount(1);
  const presses = await countPresses(page);
  await page.getByRole('link', { name: 'Quién sabe' }).click();
  await page.getByRole('button', { name: 'No llegó' }).click();
  await expect(page.locator('.lead')).toHaveText('Fallido');
  expect(await presses()).toBe(2);
});

test('what failed at a TPV is sent again by three presses', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  for (const id of [1001, 1002]) {
    await hub.message(id, 'Dos cañas', id);
    const { instruction } = await socket.next('instruction', PATIENCE_MS);
    await socket.report(instruction.id, 'failed', { error_message: 'sin papel' });
  }
  const page = await open(hub, { path: `/admin/instrucciones?status=failed&tpv_id=${tpv.id}` });
  await expect(rowsOf(page)).toHaveCount(2);
  const presses = await countPresses(page);
  await page.getByLabel('Seleccionar todo lo que se muestra').click();
  await page.getByRole('region', { name: '2 seleccionados' }).getByRole('button', { name: 'Reintentar' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reintentar' }).click();
  await expect(page.locator('.toasts')).toContainText('Reintentados: 2.');
  expect(await presses()).toBe(3);
});

/** Twenty persons whom nobody serves, and the TPV that shall. */
async function crowd(): Promise<TestHub> {
  const hub = await startHub({ env: { ROUTING_STRATEGY: 'specific' } });
  for (let id = 1001; id <= 1020; id++) await hub.message(id, 'Hola', id);
  await hub.tpv({ name: 'Bar Pepe' });
  return hub;
}

test.each([
  ['five presses on a desk', { viewport: DESK }, 5],
  ['seven on a phone', { viewport: PHONE, hasTouch: true, isMobile: true }, 7],
] as const)('twenty persons move to a TPV by %s at most', async (_name, context, most) => {
  const hub = await crowd();
  const page = await open(hub, { path: '/admin/personas', context });
  await expect(rowsOf(page)).toHaveCount(20);
  const press = (locator: ReturnType<Page['locator']>) => ('hasTouch' in context ? locator.tap() : locator.click());
  const presses = await countPresses(page);
  await press(page.getByLabel('Seleccionar todo lo que se muestra'));
  const bar = page.getByRole('region', { name: '20 seleccionados' });
  await press(bar.getByRole('button', { name: 'Asignar a un TPV' }));
  const dialog = page.getByRole('dialog', { name: 'Asignar a 20 clientes' });
  await press(dialog.getByLabel(/Bar Pepe/));
  await press(dialog.getByRole('button', { name: 'Asignar', exact: true }));
  await expect(page.locator('.toasts')).toContainText('Asignado a Bar Pepe: 20 clientes.');
  expect(await presses()).toBeLessThanOrEqual(most);
  expect(await presses()).toBeGreaterThan(3);
});

test('a webhook that points elsewhere is mended by one press', async () => {
  const url = 'http://127.0.0.1:9/webhook/telegram/';
  const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_AUTO: 'false' } });
  await hub.admin('/api/admin/webhook', { method: 'POST', json: { url: 'http://127.0.0.1:9/de-otro/' } });
  const page = await open(hub);
  const repair = page.getByRole('button', { name: 'Reparar el webhook' });
  await expect(repair).toBeVisible();
  const presses = await countPresses(page);
  await repair.click();
  await expect(repair).toHaveCount(0);
  expect(await presses()).toBe(1);
  expect(hub.emulator.webhook?.url).toBe(url);
});
