import { test } from 'vitest';
import { startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, useBrowser } from '../support/panel.ts';
import { connectTelegram } from '../support/telegram.ts';

const open = useBrowser();

test('another strategy holds for the next person who writes', async () => {
  const hub = await startHub();
  await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Hola', 1001);
  const page = await open(hub, { path: '/admin/ajustes' });
  const strategy = page.getByRole('region', { name: 'Reparto de clientes' });
  await expect(strategy.getByRole('button', { name: 'Guardar' })).toBeDisabled();
  await strategy.getByLabel('A ninguno, hasta que alguien lo decida').check();
  await strategy.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.locator('.toasts')).toContainText('Ajustes guardados.');
  await hub.message(2, 'Hola', 1002);
  const placeOf = async (id: number) => (await hub.admin(`/api/admin/users/${id}`)).body.tpv?.name ?? null;
  expect([await placeOf(1001), await placeOf(1002)]).toEqual(['Bar Pepe', null]);
  await page.reload();
  await expect(strategy.getByLabel('A ninguno, hasta que alguien lo decida')).toBeChecked();
});

test('a text is shown as it will read, refused where it is wrong, and then read by a person', async () => {
  const hub = await startHub();
  await connectTelegram(hub);
  const page = await open(hub, { path: '/admin/ajustes' });
  await page.getByRole('button', { name: 'Editar «Ayuda»' }).click();
  const dialog = page.getByRole('dialog', { name: 'Editar «Ayuda» en español' });
  const text = dialog.getByRole('textbox', { name: 'Texto' });
  const preview = dialog.getByRole('region', { name: 'Así se lee' });
  await text.fill('Llama al <b>600</b> {nadie}');
  await expect(preview).toContainText('No existe el marcador {nadie}.');
  await expect(dialog.getByRole('button', { name: 'Guardar' })).toBeDisabled();
  await text.fill('Llama al <b>600 000 000</b>');
  await expect(preview.locator('b')).toHaveText('600 000 000');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(dialog).toBeHidden();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana' });
  ana.send('/help');
  const message = await ana.waitForMessage((one) => one.text?.includes('600') === true, PATIENCE_MS);
  expect(message.text).toBe('Llama al 600 000 000');
  await expect(page.getByRole('listitem').filter({ hasText: 'Ayuda' }).filter({ hasText: 'Cambiado' })).toBeVisible();
});

test('a text is worded in one language, which the choice of languages tells', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/ajustes' });
  const language = page.getByLabel('Idioma');
  await language.selectOption('ca');
  await page.getByRole('button', { name: 'Editar «Pulsación atendida»' }).click();
  const dialog = page.getByRole('dialog', { name: 'Editar «Pulsación atendida» en catalán' });
  const text = dialog.getByRole('textbox', { name: 'Texto' });
  await expect(text).toHaveValue('✅ Fet');
  await text.fill('✅ Ja està');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(dialog).toBeHidden();
  await expect(
    page.getByRole('listitem').filter({ hasText: '✅ Ja està' }).filter({ hasText: 'Cambiado' }),
  ).toBeVisible();
  await expect(language.getByRole('option', { name: 'Catalán · 1 cambiado' })).toBeAttached();
  await language.selectOption('es');
  await expect(page.getByRole('listitem').filter({ hasText: 'Pulsación atendida' })).toContainText('✅ Hecho');
});

test('an origin is allowed and taken away again; one of the environment stays', async () => {
  const hub = await startHub({ env: { CORS_ALLOWED_ORIGINS: 'https://fijo.example' } });
  const page = await open(hub, { path: '/admin/ajustes', expected: /status of 400/ });
  const card = page.getByRole('region', { name: 'Páginas que pueden usar la API' });
  const origins = card.getByRole('list').getByRole('listitem');
  await expect(origins).toHaveCount(1);
  await expect(origins).toContainText('De la configuración del servidor');
  await card.getByLabel('Origen nuevo').fill('https://tienda.example/una/pagina?x=1');
  await card.getByRole('button', { name: 'Añadir' }).click();
  await expect(origins).toHaveCount(2);
  const allowed = async () => {
    const headers = { origin: 'https://tienda.example' };
    return (await hub.fetch('/health/', { headers })).headers.get('access-control-allow-origin');
  };
  await expect.poll(allowed).toBe('https://tienda.example');
  await card.getByRole('button', { name: 'Quitar https://tienda.example' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Quitar', exact: true }).click();
  await expect(origins).toHaveCount(1);
  await expect.poll(allowed).toBeNull();
});

test('how long things are kept is changed, and put back', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/ajustes' });
  const card = page.getByRole('region', { name: 'Conservación' });
  const days = card.getByLabel('Días que se guarda lo terminado');
  const initial = await days.inputValue();
  await days.fill('0');
  await expect(card.getByRole('button', { name: 'Guardar' })).toBeDisabled();
  await days.fill('9');
  await card.getByRole('button', { name: 'Guardar' }).click();
  await card.getByRole('button', { name: 'Volver al valor inicial' }).click();
  await expect(days).toHaveValue(initial);
  expect((await hub.admin('/api/admin/settings')).body.retention_days.value).toBe(Number(initial));
});

test('a webhook that points elsewhere is told of in words, and mended with one press', async () => {
  const url = 'http://127.0.0.1:9/webhook/telegram/';
  const elsewhere = 'http://127.0.0.1:9/de-otro/';
  const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_AUTO: 'false' } });
  await hub.admin('/api/admin/webhook', { method: 'POST', json: { url: elsewhere } });
  const page = await open(hub);
  const card = page.getByRole('region', { name: 'Telegram', exact: true });
  await expect(card).toContainText('Telegram no entrega los mensajes como debe.');
  await expect(card).toContainText(elsewhere);
  await card.getByRole('link', { name: 'Ver detalles' }).click();
  const faults = page.getByRole('region', { name: 'Qué falla' });
  await expect(faults).toContainText(elsewhere);
  await faults.getByRole('button', { name: 'Reparar el webhook' }).click();
  await expect(page.getByText('Telegram entrega los mensajes con normalidad.')).toBeVisible();
  expect(hub.emulator.webhook?.url).toBe(url);
  await expect(page.getByRole('definition').getByText(url).first()).toBeVisible();

  await page.getByRole('button', { name: 'Quitar el webhook' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Quitar el webhook' }).click();
  await expect(faults).toBeVisible();
  expect(hub.emulator.webhook).toBeUndefined();
  await page
    .getByRole('link', { name: /^Resumen/ })
    .first()
    .click();
  await card.getByRole('button', { name: 'Reparar el webhook' }).click();
  await expect(card).toBeHidden();
  expect(hub.emulator.webhook?.url).toBe(url);
});

test('an administrator decides what becomes of messages that may have arrived', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/ajustes' });
  const card = page.getByRole('region', { name: 'Mensajes sin confirmar' });
  await expect(card.getByLabel('Esperar a que alguien lo decida (valor inicial)')).toBeChecked();
  await card.getByLabel('Enviarlo otra vez').check();
  await card.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.locator('.toasts')).toContainText('Ajustes guardados.');
  expect((await hub.admin('/api/admin/settings')).body.push_if_unknown).toEqual({ value: 'resend', default: 'hold' });
});
