import { test } from 'vitest';
import { PRESS_COMMAND } from '#protocol';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { freshDatabase, startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, useBrowser } from '../support/panel.ts';
import { startPushing } from '../support/push.ts';
import type { TestSocket } from '../support/socket.ts';
import { messageBody } from '../support/telegram.ts';

const open = useBrowser();

/** The press among what waits for a TPV that comes online. */
async function nextPress(socket: TestSocket) {
  for (;;) {
    const frame = await socket.next('instruction', PATIENCE_MS);
    if (frame.instruction.command === PRESS_COMMAND) return frame;
  }
}

test('a message of which nobody knows is resolved, and one that failed is sent again and arrives', async () => {
  const hub = await startPushing();
  hub.emulator.fail({
    method: 'sendMessage',
    times: 1,
    how: { kind: 'error', code: 400, description: 'Bad Request: no' },
  });
  await hub.send({ text: 'Este no <b>llega</b>' });
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
  await hub.send({ text: 'Quién sabe' });
  const page = await open(hub, { path: '/admin/mensajes' });
  const dialog = page.getByRole('dialog');
  await page.getByRole('link', { name: 'Sin confirmar 1', exact: true }).click();
  await page.getByRole('row').getByRole('link', { name: 'Quién sabe' }).click();
  await expect(page.getByText('No se sabe si llegó').first()).toBeVisible();
  await page.getByRole('button', { name: 'Llegó', exact: true }).click();
  await expect(page.locator('.lead')).toHaveText('Enviado');
  await page.getByRole('link', { name: 'Todos los enviados' }).click();
  await expect(page.getByText('Ningún mensaje sin confirmar')).toBeVisible();

  await page.getByRole('link', { name: 'Fallidos' }).click();
  const failed = page.getByRole('row', { name: /Este no llega/ });
  await expect(failed).toContainText('Bad Request: no');
  await failed.getByRole('link', { name: 'Este no llega' }).click();
  await page.getByRole('button', { name: 'Enviar otra vez' }).click();
  await expect(dialog).toContainText('«Ana» recibirá el mensaje como uno nuevo.');
  await dialog.getByRole('button', { name: 'Enviar otra vez' }).click();
  const arrived = await hub.person.waitForMessage((message) => message.text === 'Este no llega', PATIENCE_MS);
  expect(arrived.entities).toMatchObject([{ type: 'bold' }]);
  await expect(page.locator('.lead')).toHaveText('Enviado');
  await expect(page.getByRole('region', { name: 'Así lo ve el cliente' }).locator('b')).toHaveText('llega');
});

test('the presses of a message are shown as they come', async () => {
  const hub = await startPushing();
  await hub.emulatorDelivers();
  const { body } = await hub.send({ text: '¿Vienes?', buttons: [[{ text: 'Sí', action: 'yes' }]] });
  const page = await open(hub, { path: `/admin/mensajes/${body.push_message_id}` });
  await expect(page.getByText('Nadie ha pulsado todavía sus botones.')).toBeVisible();
  const { answered } = hub.person.press(body.telegram_message_id, 'Sí');
  const presses = page.getByRole('list', { name: 'Pulsaciones de sus botones' });
  await expect(presses).toContainText('Pulsó «yes»');
  const socket = await hub.one.socket();
  const { instruction } = await nextPress(socket);
  await socket.report(instruction.id, 'completed');
  await answered;
  await expect(presses).toContainText(/Contestada .+ después/);
});

test('an update in quarantine is shown as it came, and tried again once the hub understands it', async () => {
  const databaseUrl = await freshDatabase('sqlite');
  const emulator = await startEmulator();
  const before = await startHub({ databaseUrl, emulator });
  await before.update({ update_id: 6, edited_message: messageBody(1, { text: 'Tres cañas' }) });
  await before.update({ update_id: 7, message: { text: '<script>alert(1)</script>' } });
  await before.close();
  const hub = await startHub({ databaseUrl, emulator, env: { FORWARD_EDITS: 'true' } });
  const page = await open(hub, { path: '/admin/cuarentena' });
  await page
    .getByRole('row')
    .getByRole('link', { name: /Actualización 7/ })
    .click();
  await expect(page.getByRole('region', { name: 'Lo que llegó' })).toContainText('<script>alert(1)</script>');
  await page.getByRole('button', { name: 'Intentar otra vez' }).click();
  await expect(page.getByText('Sigue sin entenderse.')).toBeVisible();
  await page.getByRole('link', { name: 'Toda la cuarentena' }).click();
  await page
    .getByRole('row')
    .getByRole('link', { name: /Actualización 6/ })
    .click();
  await page.getByRole('button', { name: 'Intentar otra vez' }).click();
  await expect(page.getByText('Entendida: ya es un mensaje recibido.')).toBeVisible();
  await page.getByRole('link', { name: 'Toda la cuarentena' }).click();
  await expect(page.getByRole('row', { name: /Actualización 7/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Actualización 6/ })).toHaveCount(0);
  // What is of no use goes: from its page, and from the list.
  await hub.update({ update_id: 8, message: 'otra cosa' });
  await page
    .getByRole('row')
    .getByRole('link', { name: /Actualización 8/ })
    .click();
  await expect(page.getByRole('heading', { name: /Actualización 8/, level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Descartar' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Descartar' }).click();
  await expect(page.getByRole('row', { name: /Actualización 8/ })).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Seleccionar Actualización 7' }).check();
  await page.getByRole('region', { name: '1 seleccionado' }).getByRole('button', { name: 'Descartar' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Descartar' }).click();
  await expect(page.getByText('No hay nada en cuarentena')).toBeVisible();
  await emulator.close();
});

test('the audit log shows what was done, to what and by whom, also while it is looked at', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: '/admin/auditoria' });
  const rows = page.getByRole('table', { name: 'Auditoría' }).getByRole('rowgroup').last().getByRole('row');
  await expect(rows.first()).toHaveText(/ana entró en el panel\./);
  const other = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  await other.getByRole('button', { name: 'Desactivar' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'Desactivar' }).click();
  const row = rows.filter({ hasText: 'ana desactivó «Bar Pepe».' });
  await expect(row).toHaveCount(1);
  await page.getByLabel('Qué hizo').selectOption({ label: 'Desactivó un TPV' });
  await expect(rows).toHaveCount(1);
  await row.getByRole('link', { name: 'Bar Pepe' }).click();
  await expect(page).toHaveURL(`/admin/tpvs/${tpv.id}`);
});
