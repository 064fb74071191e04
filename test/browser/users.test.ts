import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, useBrowser } from '../support/panel.ts';
import { connectTelegram } from '../support/telegram.ts';

const open = useBrowser();

test('people are found by a part of their name, and narrowed down to those of one TPV', async () => {
  const hub = await startHub();
  const pepe = await hub.tpv({ name: 'Bar Pepe', max_users: 1 });
  await hub.message(1, 'Hola', 1001);
  await hub.message(2, 'Hola', 1002);
  const page = await open(hub, { path: '/admin/personas' });
  const rows = page.getByRole('table', { name: 'Clientes' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Buscar por nombre, alias o id').fill('ana_1002');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Sin asignar');
  await page.getByLabel('Buscar por nombre, alias o id').fill('');
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'TPV Todos' }).click();
  await page
    .getByRole('dialog', { name: 'Filtrar por TPV' })
    .getByLabel(/Bar Pepe/)
    .click();
  await expect(page).toHaveURL(`/admin/personas?tpv_id=${pepe.id}`);
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'TPV Bar Pepe' })).toBeVisible();
  await page.getByRole('link', { name: /^Sin asignar/ }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('@ana_1002');
});

test('many people are assigned at once, after the panel said who stays and why', async () => {
  const hub = await startHub({ env: { ROUTING_STRATEGY: 'specific' } });
  const pepe = await hub.tpv({ name: 'Bar Pepe', max_users: 2 });
  for (const id of [1001, 1002, 1003]) await hub.message(id, 'Hola', id);
  await hub.admin('/api/admin/users/1001/tpv', { method: 'PUT', json: { tpv_id: pepe.id } });
  const page = await open(hub, { path: '/admin/personas' });
  const rows = page.getByRole('table', { name: 'Clientes' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows).toHaveCount(3);
  await page.getByLabel('Seleccionar todo lo que se muestra').check();
  await page.getByRole('region', { name: '3 seleccionados' }).getByRole('button', { name: 'Asignar a un TPV' }).click();
  const dialog = page.getByRole('dialog', { name: 'Asignar a 3 clientes' });
  await dialog.getByLabel(/Bar Pepe/).check();
  await expect(dialog).toContainText(/«Bar Pepe».* 1 cliente/);
  await expect(dialog).toContainText('ya tiene ese TPV');
  await expect(dialog).toContainText('el TPV está completo');
  await dialog.getByRole('button', { name: 'Asignar', exact: true }).click();
  await expect(page.locator('.toasts')).toContainText('Asignado a Bar Pepe: 1 cliente.');
  await expect(rows.filter({ hasText: 'Bar Pepe' })).toHaveCount(2);
  await expect(page.getByRole('region', { name: /seleccionado/ })).toHaveCount(0);
});

test('a person is assigned to a TPV, which gets what waited, and is deactivated', async () => {
  const hub = await startHub();
  hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  await hub.message(1, 'Dos cañas', 1001);
  const tpv = await hub.tpv({ name: 'Bar Pepe', max_users: 5 });
  await hub.admin(`/api/admin/tpvs/${tpv.id}/deactivate`, { method: 'POST', json: { users: 'reassign' } });
  await hub.admin(`/api/admin/tpvs/${tpv.id}/activate`, { method: 'POST' });
  const lola = await hub.tpv({ name: 'Casa Lola' });
  const socket = await lola.socket();
  const page = await open(hub, { path: '/admin/personas/1001' });
  const assign = page.getByRole('button', { name: /^(Asignar|Cambiar de TPV)$/ });
  await assign.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('TPV que atenderá').first().fill('lola');
  await dialog.getByLabel(/Casa Lola/).check();
  await expect(dialog).toContainText(/«Casa Lola».* 1 cliente/);
  await dialog.getByRole('button', { name: 'Asignar', exact: true }).click();
  const { instruction } = await socket.next('instruction', PATIENCE_MS);
  expect(instruction.telegram_user_id).toBe(1001);
  await expect(page.getByRole('definition').getByRole('link', { name: 'Casa Lola' })).toBeVisible();

  await page.getByRole('button', { name: 'Desactivar', exact: true }).click();
  await expect(dialog).toContainText('«Ana» deja de recibir mensajes');
  await dialog.getByRole('button', { name: 'Desactivar' }).click();
  await expect(page.getByText('Está inactivo: no se le envían mensajes.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Escribir a Ana' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Activar', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Escribir a Ana' })).toBeVisible();
});

test('a conversation shows what was said, what the TPV did, what was answered and pressed, as it happens', async () => {
  const hub = await startHub();
  await connectTelegram(hub);
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana' });
  ana.send('Dos cañas');
  const { instruction } = await socket.next('instruction');
  const page = await open(hub, { path: '/admin/personas/1001' });
  const chat = page.getByRole('log', { name: 'Conversación con Ana' });
  await expect(chat).toContainText('Dos cañas');
  await socket.report(instruction.id, 'delivered');
  await socket.report(instruction.id, 'completed', { response: { text: 'Marchando' } });
  await expect(chat).toContainText('Atendido');
  await chat.getByText('Respuesta').click();
  await expect(chat).toContainText('"Marchando"');
  const json = {
    telegram_user_id: 1001,
    text: '¿Algo <b>más</b>?',
    buttons: [[{ text: 'Nada', action: 'nothing' }]],
  };
  await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
  await expect(chat).toContainText('¿Algo más?');
  const { message_id: messageId } = await ana.waitForMessage((message) => message.text?.includes('más') === true);
  const { answered } = ana.press(messageId, 'Nada');
  await expect(chat).toContainText('Pulsó «nothing»');
  const { instruction: press } = await socket.next('instruction', PATIENCE_MS);
  await socket.report(press.id, 'completed');
  await answered;
});

test('what is written to a person arrives, and is part of the conversation', async () => {
  const hub = await startHub();
  await hub.tpv();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola', 1001);
  const page = await open(hub, { path: '/admin/personas/1001' });
  const box = page.getByRole('textbox', { name: 'Escribir a Ana' });
  await box.fill('Abrimos a las 9 <hoy> & mañana');
  await box.press('Enter');
  const message = await ana.waitForMessage((one) => one.text?.includes('Abrimos') === true, PATIENCE_MS);
  expect(message.text).toBe('Abrimos a las 9 <hoy> & mañana');
  await expect(page.locator('.toasts')).toContainText('Mensaje enviado.');
  await expect(box).toHaveValue('');
  await expect(page.getByRole('log')).toContainText('Abrimos a las 9 <hoy> & mañana');
});
