import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PHONE, useBrowser } from '../support/panel.ts';

const open = useBrowser();

test('one search leads to people, TPVs, ids, pages, texts and actions, by keys alone', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pépe' });
  await hub.message(1, 'Dos cañas', 1002);
  const [{ id }] = (await hub.admin('/api/admin/instructions')).body.items;
  const page = await open(hub);
  await expect(page.getByRole('heading', { name: 'Resumen', level: 1 })).toBeVisible();
  const box = page.getByRole('combobox', { name: 'Buscar en el panel' });
  const hits = page.getByRole('listbox', { name: 'Resultados' }).getByRole('option');
  const search = async (text: string) => {
    await page.keyboard.press('Control+k');
    await expect(box).toBeFocused();
    await page.keyboard.type(text);
  };
  await search('pepe');
  await expect(hits.first()).toContainText('Bar Pépe');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/admin/tpvs/${tpv.id}`);
  await expect(box).toHaveCount(0);

  // Enter may come before the hub's answer, and opens what that begins with.
  await search('ana_1002');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/admin/conversaciones?persona=1002');
  await expect(page.getByRole('textbox', { name: 'Escribir a Ana' })).toBeFocused();

  await search(id);
  await expect(hits.first()).toContainText('Dos cañas');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/admin/instrucciones/${id}`);

  await search('retencion');
  await expect(hits).toHaveText(['«retencion» en lo que escriben los clientes', '«retencion» en lo que reciben']);
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);
  await search('conservacion');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Ajustes', level: 1 })).toBeFocused();

  await search('canas');
  await expect(hits).toHaveCount(2);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/admin/instrucciones?text=canas');
  await expect(page.getByRole('rowgroup').last().getByRole('row')).toHaveCount(1);

  await search('nuevo tpv');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Nuevo TPV' })).toBeVisible();
});

test('the keys are listed, and single letters can be switched off', async () => {
  const hub = await startHub();
  const page = await open(hub);
  await expect(page.getByRole('heading', { name: 'Resumen', level: 1 })).toBeVisible();
  const keys = page.getByRole('dialog', { name: 'Teclas del panel' });
  const box = page.getByRole('combobox', { name: 'Buscar en el panel' });
  await page.keyboard.press('/');
  await expect(box).toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(box).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(keys).toContainText('Buscar clientes, TPV, ids, páginas y acciones');
  await keys.getByLabel('Usar teclas de una sola letra').uncheck();
  await page.keyboard.press('Escape');
  await expect(keys).toHaveCount(0);
  // Had the stroke opened the search, the other keys would close it.
  await page.keyboard.press('/');
  await page.keyboard.press('Control+k');
  await expect(box).toBeFocused();
});

test('a viewer is offered nothing that they may not do, on a phone too', async () => {
  const hub = await startHub();
  const page = await open(hub, {
    account: { name: 'eva', role: 'viewer' },
    context: { viewport: PHONE, hasTouch: true, isMobile: true },
  });
  await page.getByRole('button', { name: 'Buscar' }).tap();
  const actions = page.getByRole('group', { name: 'Hacer' }).getByRole('option');
  await expect(actions.first()).toHaveText('Ver las teclas del panel');
  await expect(actions.filter({ hasText: 'Nuevo TPV' })).toHaveCount(0);
  await page.getByRole('option', { name: 'Auditoría' }).tap();
  await expect(page.getByRole('heading', { name: 'Auditoría', level: 1 })).toBeVisible();
});
