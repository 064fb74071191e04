import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PHONE, useBrowser } from '../support/panel.ts';

const open = useBrowser();

test('a restaurant is paused from a phone, and its timetable is written', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, {
    path: `/admin/tpvs/${tpv.id}`,
    context: { viewport: PHONE, hasTouch: true, isMobile: true },
  });
  await page.getByRole('button', { name: 'Cambiar el estado' }).tap();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('En pausa').check();
  await dialog.getByLabel('Motivo').fill('cocina averiada');
  await expect(dialog).toContainText('Bar Pepe no atiende ahora (cocina averiada). Hemos guardado tu mensaje.');
  await dialog.getByRole('button', { name: 'Guardar' }).tap();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('En pausa')).toBeVisible();
  await page.getByRole('button', { name: 'Cambiar el horario' }).tap();
  await dialog.getByLabel('Según un horario').check();
  await dialog.getByRole('button', { name: 'Añadir horas al lunes' }).tap();
  await dialog.getByLabel('Lunes: abre').fill('12:30');
  await dialog.getByLabel('Lunes: cierra').fill('00:00');
  await dialog.getByRole('button', { name: 'Repetir el lunes' }).tap();
  await dialog.getByRole('button', { name: 'Quitar estas horas: domingo' }).tap();
  await dialog.getByRole('button', { name: 'Añadir fecha' }).tap();
  await dialog.getByLabel('Fecha', { exact: true }).fill('2099-12-25');
  await dialog.getByRole('button', { name: 'Guardar' }).tap();
  await expect(dialog).toHaveCount(0);
  const dates = page.getByRole('region', { name: 'Próximas fechas especiales' }).getByRole('listitem');
  await expect(dates).toHaveText(['25 dic 2099: cerrado']);
  const { body } = await tpv.fetch('/api/tpv/service/');
  const day = [['12:30', '00:00']];
  expect(body.timetable).toEqual({
    zone: 'Europe/Madrid',
    weekly: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: [] },
    exceptions: [{ date: '2099-12-25', hours: [] }],
  });
  expect(body.set).toMatchObject({ state: 'paused', reason: 'cocina averiada' });
  // What the TPV itself says then is shown at once: of its dates the next three, and none that is over.
  const at = (date: string, ...hours: [string, string][]) => ({ date, hours });
  const exceptions = [
    at('2100-01-06'),
    at('2020-12-25'),
    at('2099-12-31', ['12:00', '16:00'], ['20:00', '02:00']),
    at('2099-12-24', ['12:00', '16:00']),
    at('2100-01-01'),
    at('2100-12-25'),
  ];
  await tpv.fetch('/api/tpv/service/', { method: 'PUT', json: { timetable: { ...body.timetable, exceptions } } });
  await expect(dates).toHaveText([
    '24 dic 2099: 12:00 a 16:00',
    '31 dic 2099: 12:00 a 16:00 y 20:00 a 02:00',
    '1 ene 2100: cerrado',
    'y 2 más',
  ]);
  await tpv.fetch('/api/tpv/service/', { method: 'PUT', json: { state: 'open', timetable: null } });
  await expect(page.getByText('Sin horario: está abierto siempre.')).toBeVisible();
});
