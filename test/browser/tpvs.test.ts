import type { Page } from '@playwright/test';
import jsqr from 'jsqr';
import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, PHONE, useBrowser } from '../support/panel.ts';
import { openSocket } from '../support/socket.ts';

const open = useBrowser();

const clipboardOf = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const notices = (page: Page) => page.locator('.toasts');

/** What a phone's camera reads off a picture on the page. */
async function scan(page: Page, alt: string): Promise<string | undefined> {
  const side = 240;
  const shades = await page.getByAltText(alt).evaluate(async (image: HTMLImageElement, size) => {
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = size;
    canvas.height = size;
    const paper = canvas.getContext('2d');
    if (paper === null) throw new Error('This browser draws nothing.');
    paper.fillStyle = 'white';
    paper.fillRect(0, 0, size, size);
    paper.drawImage(image, 0, 0, size, size);
    const { data } = paper.getImageData(0, 0, size, size);
    // A letter per pixel: an array of numbers takes seconds to come over.
    return Array.from({ length: size * size }, (_, pixel) => ((data[4 * pixel] ?? 0) < 128 ? '#' : ' ')).join('');
  }, side);
  const pixels = [...shades].flatMap((shade) => (shade === '#' ? [0, 0, 0, 255] : [255, 255, 255, 255]));
  return jsqr.default(Uint8ClampedArray.from(pixels), side, side)?.data;
}

test('a TPV that registered by itself is approved from a phone', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  const json = { name: 'Bar Pepe', endpoint_url: 'https://bar.example' };
  const { body: made } = await hub.fetch('/api/tpv/register/', { method: 'POST', json });
  const page = await open(hub, { context: { viewport: PHONE, hasTouch: true, isMobile: true } });
  await page.getByRole('list', { name: 'Alarmas' }).getByRole('link', { name: 'Aprobar' }).tap();
  await page.getByRole('button', { name: 'Aprobar Bar Pepe' }).tap();
  await expect(notices(page)).toContainText('Bar Pepe está aprobado y ya recibe clientes.');
  expect((await hub.admin(`/api/admin/tpvs/${made.id}`)).body).toMatchObject({ state: 'active' });
  await page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'TPV' }).tap();
  await expect(page.getByRole('row', { name: /Bar Pepe/ })).toContainText('Sin conexión');
});

test('a TPV is made, and its key is shown once and opens its socket', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'closed' } });
  const page = await open(hub, { path: '/admin/tpvs' });
  await page.getByRole('button', { name: 'Nuevo TPV' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nombre del local').fill('Casa Lola');
  await dialog.getByLabel('Dirección del TPV').fill('https://lola.example');
  await dialog.getByRole('button', { name: 'Crear TPV' }).click();
  await expect(dialog.getByRole('heading', { name: 'Casa Lola está creado' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Copiar Clave de API' }).click();
  await expect(notices(page)).toContainText('Copiado');
  const key = await clipboardOf(page);
  expect(key).toMatch(/^tpv_/);
  await dialog.getByRole('link', { name: 'Abrir el TPV' }).click();
  await expect(page.getByRole('heading', { name: 'Casa Lola', level: 1 })).toBeVisible();
  await expect(page.getByText(key)).toHaveCount(0);
  await (await openSocket(hub.url, { key })).next('welcome');
  await expect(page.getByText('En línea · WebSocket')).toBeVisible();
  await expect(page.getByText('127.0.0.1', { exact: true })).toBeVisible();
});

test('a TPV’s signing secret is shown when it is made, and another one when it is changed', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const secrets = async () => {
    const { read } = hub.hub.db;
    const rows = await read.selectFrom('signing_secrets').selectAll().where('tpv_id', '=', tpv.id).execute();
    return rows.map(({ secret, valid_until: until }) => [secret, until !== null]);
  };
  const [before] = await secrets();
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  await page.getByRole('button', { name: 'Cambiar el secreto' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Crear el secreto nuevo' }).click();
  await expect(dialog.getByRole('heading', { name: 'Secreto de firma nuevo' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Copiar Secreto de firma' }).click();
  await expect(notices(page)).toContainText('Copiado');
  const fresh = await clipboardOf(page);
  await dialog.getByRole('button', { name: 'Cerrar', exact: true }).last().click();
  await expect(page.getByText(fresh)).toHaveCount(0);
  expect((await secrets()).toSorted()).toEqual(
    [
      [before?.[0], true],
      [fresh, false],
    ].toSorted(),
  );

  await page.goto(new URL('/admin/tpvs', hub.url).href);
  await page.getByRole('button', { name: 'Nuevo TPV' }).first().click();
  await dialog.getByLabel('Nombre del local').fill('Casa Lola');
  await dialog.getByLabel('Dirección del TPV').fill('https://lola.example');
  await dialog.getByRole('button', { name: 'Crear TPV' }).click();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
});

test('a TPV is edited, what is wrong is said beside its field, and its key is rotated and revoked', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}`, expected: /status of 400/ });
  await page.getByRole('button', { name: 'Editar' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nombre del local').fill('   ');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(dialog.getByLabel('Nombre del local')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Clientes como máximo').fill('1234');
  await dialog.getByLabel('Nombre del local').fill('Bar Pepa');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.getByRole('heading', { name: 'Bar Pepa', level: 1 })).toBeVisible();
  await expect(page.getByText('0 de 1.234')).toBeVisible();

  await page.getByRole('button', { name: 'Cambiar la clave' }).click();
  await dialog.getByRole('button', { name: 'Crear la clave nueva' }).click();
  await expect(dialog.getByRole('heading', { name: 'Clave nueva' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Copiar Clave de API' }).click();
  await expect(notices(page)).toContainText('Copiado');
  const key = await clipboardOf(page);
  await dialog.getByRole('button', { name: 'Cerrar', exact: true }).last().click();
  await expect(page.getByText(key)).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Claves que valen' }).getByRole('listitem')).toHaveCount(2);
  const socket = await openSocket(hub.url, { key });
  await socket.next('welcome');

  await page.getByRole('button', { name: 'Anular todas' }).click();
  await expect(dialog).toContainText('«Bar Pepa» queda sin conexión al momento');
  await dialog.getByRole('button', { name: 'Anular las claves' }).click();
  await socket.closed;
  await expect(page.getByText('No tiene ninguna clave')).toBeVisible();
  for (const old of [key, tpv.key]) await expect(openSocket(hub.url, { key: old })).rejects.toThrow('401');
});

test('a TPV is deactivated, its people stay or go elsewhere as is said, and it is activated again', async () => {
  const hub = await startHub();
  const pepe = await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Hola', 1001);
  const lola = await hub.tpv({ name: 'Casa Lola' });
  const placeOf = async () => (await hub.admin('/api/admin/users/1001')).body.tpv?.name;
  const page = await open(hub, { path: `/admin/tpvs/${pepe.id}` });
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Desactivar', exact: true }).click();
  await expect(dialog.getByRole('group', { name: 'Qué pasa con 1 cliente' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Desactivar' }).click();
  await expect(notices(page)).toContainText('Bar Pepe está desactivado.');
  expect(await placeOf()).toBe('Bar Pepe');
  await page.getByRole('button', { name: 'Activar', exact: true }).click();
  await expect(notices(page)).toContainText('Bar Pepe está activo.');
  await page.getByRole('button', { name: 'Desactivar', exact: true }).click();
  await dialog.getByLabel('Se reparten entre otros TPV').check();
  await dialog.getByRole('button', { name: 'Desactivar' }).click();
  await expect.poll(placeOf).toBe('Casa Lola');
  await page.goto(`/admin/tpvs/${lola.id}`);
  await expect(page.getByRole('link', { name: '1 de 100' })).toBeVisible();
});

test('a TPV is deleted only after the panel named what that hits', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Hola');
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  await page.getByRole('button', { name: 'Eliminar TPV' }).click();
  const dialog = page.getByRole('dialog', { name: '¿Eliminar Bar Pepe?' });
  await expect(dialog).toContainText('con 1 cliente y 1 mensaje en espera');
  await dialog.getByRole('button', { name: 'Cancelar' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Eliminar TPV' }).click();
  await dialog.getByRole('button', { name: 'Eliminar Bar Pepe' }).click();
  await expect(page).toHaveURL('/admin/tpvs');
  await expect(page.getByText('Todavía no hay ningún TPV')).toBeVisible();
  expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).status).toBe(404);
});

test('the QR code for the door says the same as the join link, also after a new one', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  const link = page.getByRole('link', { name: /^https:\/\/t\.me\// });
  const picture = 'Código QR para hablar con Bar Pepe en Telegram';
  const url = await link.innerText();
  expect(url).toBe((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.join_url);
  expect(await scan(page, picture)).toBe(url);
  await page.getByRole('button', { name: 'Copiar el enlace' }).click();
  expect(await clipboardOf(page)).toBe(url);
  await page.getByRole('button', { name: 'Enlace nuevo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Crear el enlace nuevo' }).click();
  await expect(link).not.toHaveText(url);
  const renewed = await link.innerText();
  await expect.poll(() => scan(page, picture)).toBe(renewed);
});

test('a test instruction tells how long its round trip took, and a TPV that is away is said to be', async () => {
  const hub = await startHub();
  const away = await hub.tpv({ name: 'Casa Lola' });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: `/admin/tpvs/${away.id}` });
  await page.getByRole('button', { name: 'Probar' }).click();
  await expect(page.getByText('El TPV no está conectado. Comprueba')).toBeVisible();
  const socket = await tpv.socket();
  await page.goto(`/admin/tpvs/${tpv.id}`);
  await page.getByRole('button', { name: 'Probar' }).click();
  const { instruction } = await socket.next('instruction', PATIENCE_MS);
  await socket.report(instruction.id, 'delivered');
  await socket.report(instruction.id, 'completed');
  await expect(page.getByText(/Recibida en \d.* m?s; contestada en \d.* m?s\./)).toBeVisible();
  await page.getByRole('link', { name: 'Ver la prueba' }).click();
  await expect(page.getByRole('list', { name: 'Pasos del mensaje' })).toContainText('El TPV lo atendió');
});

test('TPVs are found by name and state, and the address keeps what was looked for', async () => {
  const hub = await startHub();
  await hub.tpv({ name: 'Bar Pépe' });
  const lola = await hub.tpv({ name: 'Casa Lola' });
  await lola.socket();
  const page = await open(hub, { path: '/admin/tpvs' });
  const rows = page.getByRole('table', { name: 'TPV' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows).toHaveCount(2);
  await page.keyboard.press('f');
  await page.keyboard.type('pepe');
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL('/admin/tpvs?q=pepe');
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(page.getByLabel('Buscar por nombre')).toHaveValue('pepe');
  await page.getByLabel('Buscar por nombre').fill('');
  await page.getByLabel('Conexión').selectOption({ label: 'En línea' });
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Casa Lola');
  await page.getByRole('link', { name: 'Por aprobar' }).click();
  await expect(page.getByText('Ningún TPV coincide')).toBeVisible();
  await page.getByRole('link', { name: 'Ver todos' }).click();
  await expect(rows).toHaveCount(2);
});

test('a test order is sent, and each step and the answer are shown while they come', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  const card = page.getByRole('region', { name: 'Pedido de prueba' });
  const steps = card.getByRole('list', { name: 'Pasos del pedido de prueba' });
  await card.getByLabel('Mensaje').fill('Dos cafés, por favor');
  await card.getByRole('button', { name: 'Enviar prueba' }).click();
  const { instruction } = await socket.next('instruction');
  expect(instruction).toMatchObject({ payload: { test: true, text: 'Dos cafés, por favor' } });
  await expect(steps).toContainText('Se entregó al TPV');
  await socket.report(instruction.id, 'processing');
  await expect(steps).toContainText('El TPV confirmó que lo tiene');
  await expect(card).toContainText('Bar Pepe está trabajando en él.');
  const buttons = [
    [
      { text: 'Confirmar', action: 'confirm' },
      { text: 'Anular', action: 'void' },
    ],
  ];
  await socket.report(instruction.id, 'completed', { reply: { text: 'Marchando <b>dos cafés</b>', buttons } });
  await expect(card.getByRole('status')).toHaveText('El TPV ha contestado.');
  const answer = card.getByRole('region', { name: 'Lo que leería el cliente' });
  await expect(answer.locator('b, strong')).toHaveText('dos cafés');
  await expect(answer.locator('.bubble-button')).toHaveText(['Confirmar', 'Anular']);

  await card.getByRole('button', { name: 'Enviar otra' }).click();
  const second = (await socket.next('instruction')).instruction;
  await socket.report(second.id, 'failed', { error_message: 'sin papel' });
  await expect(card.getByRole('status')).toHaveText('El TPV no ha podido atenderlo: sin papel');
  await expect(answer).toHaveCount(0);

  await card.getByRole('button', { name: 'Enviar otra' }).click();
  const third = (await socket.next('instruction')).instruction;
  await socket.report(third.id, 'completed');
  await expect(card.getByRole('status')).toContainText('sin contestar nada');
  expect(hub.emulator.calls.filter(({ params }) => params.chat_id === 0)).toEqual([]);
});

test('a test order to a TPV that is away says what it waits for, and a viewer sees no card', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  const card = page.getByRole('region', { name: 'Pedido de prueba' });
  await card.getByRole('button', { name: 'Enviar prueba' }).click();
  await expect(card).toContainText('Espera porque Bar Pepe no está conectado');
  const looking = await open(hub, { path: `/admin/tpvs/${tpv.id}`, account: { name: 'mirona', role: 'viewer' } });
  await expect(looking.getByRole('heading', { name: 'Bar Pepe', level: 1 })).toBeVisible();
  await expect(looking.getByRole('region', { name: 'Conexión' })).toBeVisible();
  await expect(looking.getByRole('region', { name: 'Pedido de prueba' })).toHaveCount(0);
});
