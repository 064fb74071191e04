import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, PHONE, useBrowser } from '../support/panel.ts';

const open = useBrowser();

test('filters are kept in the address, over a reload and back and forth', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  await hub.message(1, 'Dos cañas', 1001);
  const { instruction } = await socket.next('instruction');
  await socket.report(instruction.id, 'completed');
  await hub.message(2, 'La cuenta', 1002);
  const page = await open(hub, { path: '/admin/instrucciones' });
  const rows = page.getByRole('table', { name: 'Recibidos' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Texto del mensaje').fill('canas');
  await expect(rows).toHaveCount(1);
  await page.getByLabel('Estado').selectOption({ label: 'Atendido' });
  await expect(page).toHaveURL('/admin/instrucciones?text=canas&status=completed');
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(page.getByLabel('Texto del mensaje')).toHaveValue('canas');
  await rows.getByRole('link', { name: /Dos cañas/ }).click();
  await expect(page.getByRole('heading', { name: 'Dos cañas', level: 1 })).toBeFocused();
  await page.getByRole('link', { name: 'Todos los recibidos' }).click();
  await expect(page).toHaveURL('/admin/instrucciones?text=canas&status=completed');
  await page.getByLabel('Estado').selectOption({ label: 'En espera' });
  await expect(page.getByText('Ninguno coincide')).toBeVisible();
  await page.getByRole('link', { name: 'Ver todos' }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Más filtros' }).click();
  await page.getByLabel('Id de Telegram').fill('1002');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('La cuenta');
  // Folded again it is a chip, which is pressed to have everybody's.
  await page.getByRole('button', { name: 'Menos filtros' }).click();
  await page.getByRole('button', { name: 'Quitar el filtro «Id de Telegram: 1002»' }).click();
  await expect(rows).toHaveCount(2);
});

test('a row offers what can be done with it where it is pointed at, by a key, and to touch', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  await hub.message(1, 'Dos cañas', 1001);
  const { instruction } = await socket.next('instruction', PATIENCE_MS);
  await socket.report(instruction.id, 'failed', { error_message: 'sin papel' });
  const page = await open(hub, { path: '/admin/instrucciones' });
  const row = page.getByRole('row').filter({ hasText: 'Dos cañas' });
  const retry = row.getByRole('button', { name: 'Reintentar' });
  await expect(retry).toHaveCount(1);
  await expect(row.locator('.row-acts')).toHaveCSS('opacity', '0');
  await row.hover();
  await expect(row.locator('.row-acts')).toHaveCSS('opacity', '1');
  await page.keyboard.press('j');
  await expect(row.getByRole('link', { name: /Dos cañas/ })).toBeFocused();
  await page.keyboard.press('a');
  const { instruction: again } = await socket.next('instruction', PATIENCE_MS);
  expect(again.payload.text).toBe('Dos cañas');
  await expect(retry).toHaveCount(0);

  // On a phone it stands below, and all rows are chosen at once.
  const phone = await open(hub, {
    path: '/admin/instrucciones',
    context: { viewport: PHONE, hasTouch: true, isMobile: true },
  });
  const cancel = phone.getByRole('row').filter({ hasText: 'En camino' }).getByRole('button', { name: 'Cancelar' });
  await expect(cancel).toBeInViewport();
  await phone.getByLabel('Seleccionar todo lo que se muestra').check();
  await expect(phone.getByText('2 seleccionados')).toBeVisible();
  await phone.getByRole('button', { name: 'Quitar la selección' }).tap();
  await cancel.tap();
  await phone.getByRole('dialog').getByRole('button', { name: 'Cancelar el mensaje' }).tap();
  await expect(phone.getByText('El mensaje está cancelado.')).toBeVisible();
});

test('an instruction tells why it waits, and then its whole story with the time between the steps', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Dos cañas');
  const page = await open(hub, { path: '/admin/instrucciones' });
  await page
    .getByRole('row')
    .getByRole('link', { name: /Dos cañas/ })
    .click();
  await expect(page.getByText('Espera porque Bar Pepe no está conectado; lo recibirá en cuanto vuelva.')).toBeVisible();
  const socket = await tpv.socket();
  const { instruction } = await socket.next('instruction', PATIENCE_MS);
  await socket.report(instruction.id, 'delivered');
  await socket.report(instruction.id, 'processing');
  await expect(page.getByText('Bar Pepe está trabajando en él.')).toBeVisible();
  await socket.report(instruction.id, 'completed', { response: { text: 'Marchando' } });
  const steps = page.getByRole('list', { name: 'Pasos del mensaje' }).getByRole('listitem');
  await expect(steps.last()).toContainText('El TPV lo atendió');
  await expect(steps.last()).toContainText(/\+\d+(,\d)? m?s/);
  await expect(steps.filter({ hasText: 'Se entregó al TPV' })).toHaveCount(1);
  await expect(page.getByText('Por qué espera')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Lo que contestó el TPV' })).toContainText('"Marchando"');
});

test('an instruction is given to another TPV, cancelled, and tried again as a new one', async () => {
  const hub = await startHub();
  const pepe = await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Dos cañas');
  const lola = await hub.tpv({ name: 'Casa Lola' });
  const [row] = (await hub.admin('/api/admin/instructions')).body.items;
  expect(row.tpv.id).toBe(pepe.id);
  const page = await open(hub, { path: `/admin/instrucciones/${row.id}` });
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Pasar a otro TPV' }).click();
  await dialog.getByLabel(/Casa Lola/).check();
  await dialog.getByRole('button', { name: 'Pasar', exact: true }).click();
  await expect(page.getByText('Espera porque Casa Lola no está conectado')).toBeVisible();
  await page.getByRole('button', { name: 'Cancelar' }).click();
  await expect(dialog).toContainText('«Dos cañas», de Ana, termina como fallido');
  await dialog.getByRole('button', { name: 'Cancelar el mensaje' }).click();
  await expect(page.getByRole('list', { name: 'Pasos del mensaje' })).toContainText('Terminó sin éxito');
  await page.getByRole('button', { name: 'Reintentar' }).click();
  await expect(page.locator('.toasts')).toContainText('Se ha enviado otra vez: este es el nuevo.');
  await expect(page).not.toHaveURL(`/admin/instrucciones/${row.id}`);
  await expect(page.getByText('Por qué espera')).toBeVisible();
  const [socket, other] = [await pepe.socket(), await lola.socket()];
  const taken = await Promise.race([socket, other].map((one) => one.next('instruction', PATIENCE_MS)));
  expect(page.url()).toContain(taken.instruction.id);
});

test('many instructions are cancelled at once, after the panel counted them and named those that are left out', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  for (const id of [1001, 1002, 1003]) await hub.message(id, `Hola de ${id}`, id);
  const socket = await tpv.socket();
  const { instruction } = await socket.next('instruction');
  await socket.report(instruction.id, 'completed');
  const page = await open(hub, { path: '/admin/instrucciones' });
  const rows = page.getByRole('table', { name: 'Recibidos' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows.filter({ hasText: 'Atendido' })).toHaveCount(1);
  await page.getByLabel('Seleccionar todo lo que se muestra').check();
  await page.getByRole('region', { name: '3 seleccionados' }).getByRole('button', { name: 'Cancelar' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancelar 3 mensajes' });
  await expect(dialog).toContainText('Se cancelan 2 mensajes.');
  await expect(dialog).toContainText(/^.*Omitidos.*: 1\./);
  await dialog.getByRole('button', { name: 'Cancelar mensajes' }).click();
  await expect(page.locator('.toasts')).toContainText('Cancelados: 2.');
  await expect(rows.filter({ hasText: 'Fallido' })).toHaveCount(2);
});

test('a row that comes in while somebody reads further down waits above until they want it', async () => {
  const hub = await startHub();
  await hub.tpv();
  for (let id = 1; id <= 60; id++) await hub.message(id, `Mensaje ${id}`, 1000 + id);
  const page = await open(hub, { path: '/admin/instrucciones' });
  const rows = page.getByRole('table', { name: 'Recibidos' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows).toHaveCount(50);
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect(rows).toHaveCount(60);
  await hub.message(61, 'El más nuevo', 2000);
  await page.getByRole('button', { name: '1 fila nueva ↑' }).click();
  await expect(rows).toHaveCount(61);
  await expect(rows.first()).toContainText('El más nuevo');
});
