import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, useBrowser } from '../support/panel.ts';

const open = useBrowser();

test('of which alarms an account hears is chosen on its page, and stays chosen', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/cuenta' });
  const card = page.getByRole('region', { name: 'Alarmas que recibo' });
  await expect(card.getByText('Para recibirlas, vincula antes tu Telegram.')).toBeVisible();
  await expect(card.getByRole('button', { name: 'Guardar' })).toBeDisabled();
  await card.getByLabel('Disco casi lleno').uncheck();
  await card.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.locator('.toasts')).toContainText('Avisos guardados.');
  await page.reload();
  await expect(card.getByLabel('Disco casi lleno')).not.toBeChecked();
  await expect(card.getByLabel('TPV por aprobar')).toBeChecked();
});

test('maintenance is begun and ended, of the whole hub in the settings and of one TPV on its page', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: '/admin/ajustes' });
  const card = page.getByRole('region', { name: 'Mantenimiento' });
  const entries = card.getByRole('listitem');
  await card.getByLabel('Dura').selectOption('2 horas');
  await card.getByLabel('Motivo').fill('nuevo router');
  await card.getByRole('button', { name: 'Empezar' }).click();
  await expect(entries).toHaveCount(1);
  await expect(entries).toContainText(/Todo el hub.*nuevo router/);
  await expect(card.getByLabel('Motivo')).toHaveValue('');
  await page.goto(`/admin/tpvs/${tpv.id}`);
  await expect(entries).toHaveCount(1);
  await card.getByRole('button', { name: 'Empezar' }).click();
  await expect(entries).toHaveCount(2);
  await card.getByRole('button', { name: 'Terminar el mantenimiento: Bar Pepe' }).click();
  await expect(page.locator('.toasts')).toContainText('Mantenimiento terminado');
  await expect(entries).toHaveCount(1);
  const { items } = (await hub.admin('/api/admin/maintenance')).body;
  expect(items.map(({ tpv: of, created_by: by }: { tpv: unknown; created_by: string }) => [of, by])).toEqual([
    [null, 'ana'],
  ]);
});
