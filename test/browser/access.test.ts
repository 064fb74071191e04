import type { Page } from '@playwright/test';
import { test } from 'vitest';
import { totpCode } from '../../src/administrators/totp.ts';
import { createAccount, PASSWORD } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { startHub } from '../support/hub.ts';
import { expect, useBrowser } from '../support/panel.ts';
import { connectTelegram } from '../support/telegram.ts';

const open = useBrowser();

const REFUSED = /status of 40[13]/;
const MINUTE = 60_000;

async function fillLogin(page: Page, password: string, name = 'ana'): Promise<void> {
  await page.getByLabel('Nombre').fill(name);
  await page.getByLabel('Contraseña').fill(password);
  await page.getByRole('button', { name: 'Entrar' }).click();
}

function heading(page: Page, name: string) {
  return page.getByRole('heading', { name, exact: true, level: 1 });
}

test('the set-up link makes the first account, once', async () => {
  const hub = await startHub();
  const page = await open(hub, { account: null, expected: REFUSED });
  await expect(page.getByText('Todavía no hay ninguna cuenta')).toBeVisible();
  const link = (await hub.hub.setupLink(hub.url)) ?? '';
  await page.goto(link);
  await page.getByLabel('Nombre').fill('ana');
  await page.getByLabel('Contraseña', { exact: false }).first().fill(PASSWORD);
  await page.getByLabel('Repite la contraseña').fill(`${PASSWORD}?`);
  await expect(page.getByText('Las dos contraseñas no coinciden.')).toBeVisible();
  await page.getByLabel('Repite la contraseña').fill(PASSWORD);
  await page.getByRole('button', { name: 'Crear la cuenta y entrar' }).click();
  await expect(heading(page, 'Resumen')).toBeVisible();
  await expect(page).toHaveURL('/admin/');

  const other = await open(hub, { account: null, path: '/admin/configurar', expected: REFUSED });
  await expect(other.getByText('Al enlace le falta su parte secreta')).toBeVisible();
  await other.goto('about:blank');
  await other.goto(link);
  await other.getByLabel('Nombre').fill('otro');
  await other.getByLabel('Contraseña', { exact: false }).first().fill(PASSWORD);
  await other.getByLabel('Repite la contraseña').fill(PASSWORD);
  await other.getByRole('button', { name: 'Crear la cuenta y entrar' }).click();
  await expect(other.getByText('El enlace ya no vale')).toBeVisible();
});

test('who comes without a session logs in, and is back on the page that was asked for', async () => {
  const hub = await startHub();
  await createAccount(hub);
  const page = await open(hub, { account: null, path: '/admin/tpvs?state=active', expected: REFUSED });
  await expect(page).toHaveURL(/\/admin\/entrar\?volver=/);
  await fillLogin(page, 'no es esta contraseña');
  await expect(page.getByRole('alert')).toHaveText('El nombre o la contraseña no son correctos.');
  await fillLogin(page, PASSWORD);
  await expect(heading(page, 'TPV')).toBeVisible();
  await expect(page).toHaveURL('/admin/tpvs?state=active');

  await page.getByRole('button', { name: 'Cerrar sesión' }).click();
  await expect(page).toHaveURL('/admin/entrar');
  await page.goto('/admin/personas');
  await expect(page.getByLabel('Contraseña')).toBeVisible();
});

test('a link to another site is nowhere to go after the login', async () => {
  const hub = await startHub();
  await createAccount(hub);
  const page = await open(hub, { account: null, path: '/admin/entrar?volver=https://evil.example/admin/tpvs' });
  await fillLogin(page, PASSWORD);
  await expect(heading(page, 'Resumen')).toBeVisible();
  expect(new URL(page.url()).origin).toBe(hub.url);
});

test('the second factor is asked for once it is on, a recovery code serves instead, and it goes off again', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/cuenta', expected: REFUSED });
  await page.getByRole('button', { name: 'Activar el segundo factor' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Tu contraseña').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Continuar' }).click();
  await expect(dialog.getByAltText('Código QR del segundo factor')).toBeVisible();
  const secret = await dialog.locator('code').innerText();
  await dialog.getByLabel('Código de 6 cifras').fill(totpCode(secret, Date.now()));
  await dialog.getByRole('button', { name: 'Comprobar y activar' }).click();
  const codes = dialog.getByRole('list', { name: 'Códigos de recuperación' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const [recovery = ''] = await codes.allInnerTexts();
  await dialog.getByRole('button', { name: 'Los he guardado' }).click();
  await expect(page.getByRole('button', { name: 'Desactivar' })).toBeVisible();

  const phone = await open(hub, { account: null, expected: REFUSED });
  await fillLogin(phone, PASSWORD);
  await phone.getByLabel('Código de verificación').fill('000000');
  await phone.getByRole('button', { name: 'Continuar' }).click();
  await expect(phone.getByRole('alert')).toContainText('El código no es correcto');
  await phone.getByLabel('Código de verificación').fill(recovery);
  await phone.getByRole('button', { name: 'Continuar' }).click();
  await expect(heading(phone, 'Resumen')).toBeVisible();

  await page.getByRole('button', { name: 'Desactivar' }).click();
  await dialog.getByLabel('Tu contraseña').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Desactivar' }).click();
  await expect(page.getByText('Segundo factor desactivado.')).toBeVisible();
  const tablet = await open(hub, { account: null });
  await fillLogin(tablet, PASSWORD);
  await expect(heading(tablet, 'Resumen')).toBeVisible();
});

test('a session that is revoked sends its browser to the login, also when it touches nothing', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/cuenta' });
  const other = await open(hub, { account: null, path: '/admin/personas', expected: REFUSED });
  await fillLogin(other, PASSWORD);
  await expect(other.getByText('En directo').filter({ visible: true })).toBeVisible();
  const sessions = page.getByRole('list', { name: 'Sesiones abiertas' });
  await expect(sessions.getByRole('listitem')).toHaveCount(2);
  await expect(sessions.getByText('Esta sesión')).toHaveCount(1);
  await sessions.getByRole('button', { name: /^Cerrar la sesión de Chrome en/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cerrar', exact: true }).last().click();
  await expect(page.getByText('Sesión cerrada.')).toBeVisible();
  await expect(sessions.getByRole('listitem')).toHaveCount(1);
  await expect(other.getByRole('dialog', { name: 'La sesión ha terminado' })).toBeVisible();
});

test('a changed password is the one that opens, and the other sessions end', async () => {
  const hub = await startHub();
  const page = await open(hub, { path: '/admin/cuenta' });
  const other = await open(hub, { expected: REFUSED });
  await expect(heading(other, 'Resumen')).toBeVisible();
  const chosen = 'otra-contraseña-inventada';
  await page.getByLabel('Contraseña actual').fill(PASSWORD);
  await page.getByLabel('Contraseña nueva', { exact: false }).first().fill(chosen);
  await page.getByLabel('Repite la contraseña nueva').fill(chosen);
  await page.getByRole('button', { name: 'Cambiar la contraseña' }).click();
  await expect(page.getByText('Contraseña cambiada; las demás sesiones se han cerrado.')).toBeVisible();
  const dialog = other.getByRole('dialog', { name: 'La sesión ha terminado' });
  await dialog.getByLabel('Contraseña').fill(chosen);
  await dialog.getByRole('button', { name: 'Entrar' }).click();
  await expect(dialog).toBeHidden();
  await expect(other.getByText('En directo').filter({ visible: true })).toBeVisible();
});

test('a session that expires asks for the password over the page, and what was written there stays', async () => {
  const clock = testClock(Date.now());
  const hub = await startHub({ clock });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}`, expected: REFUSED });
  await page.getByRole('button', { name: 'Editar' }).click();
  const edit = page.getByRole('dialog', { name: 'Editar Bar Pepe' });
  await edit.getByLabel('Nombre del local').fill('Bar Pepa');
  await clock.jump(31 * MINUTE);
  await edit.getByRole('button', { name: 'Guardar' }).click();
  const login = page.getByRole('dialog', { name: 'La sesión ha terminado' });
  await login.getByLabel('Contraseña').fill(PASSWORD);
  await login.getByRole('button', { name: 'Entrar' }).click();
  await expect(login).toBeHidden();
  await expect(edit.getByLabel('Nombre del local')).toHaveValue('Bar Pepa');
  await edit.getByRole('button', { name: 'Guardar' }).click();
  await expect(heading(page, 'Bar Pepa')).toBeVisible();
  await clock.jump(31 * MINUTE);
  await page.reload();
  await expect(page).toHaveURL(/\/admin\/entrar\?volver=/);
  await fillLogin(page, PASSWORD);
  await expect(heading(page, 'Bar Pepa')).toBeVisible();
});

test('a while after the login, the panel asks who is there before a key changes, and then changes it', async () => {
  const clock = testClock(Date.now());
  const hub = await startHub({ clock });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: `/admin/tpvs/${tpv.id}`, expected: /status of 40[03]/ });
  await page.getByRole('button', { name: 'Cambiar la clave' }).click();
  await clock.jump(11 * MINUTE);
  const change = page.getByRole('dialog', { name: 'Cambiar la clave de Bar Pepe' });
  const proof = page.getByRole('dialog', { name: 'Confirma que eres tú' });
  await change.getByRole('button', { name: 'Crear la clave nueva' }).click();
  await proof.getByRole('button', { name: 'Cancelar' }).click();
  await expect(change.getByRole('alert')).toContainText('Confirma que eres tú');
  await change.getByRole('button', { name: 'Crear la clave nueva' }).click();
  await proof.getByLabel('Tu contraseña').fill('no es esta contraseña');
  await proof.getByRole('button', { name: 'Continuar' }).click();
  await expect(proof.getByRole('alert')).toContainText('no es tu contraseña actual');
  await proof.getByLabel('Tu contraseña').fill(PASSWORD);
  await proof.getByRole('button', { name: 'Continuar' }).click();
  await expect(proof).toBeHidden();
  await expect(page.getByRole('dialog').getByText('Guárdala en el TPV ahora: no se vuelve a mostrar.')).toBeVisible();
});

test('the account is linked with the person’s Telegram, the page shows it at once, and unlinks it', async () => {
  const hub = await startHub();
  await connectTelegram(hub);
  const page = await open(hub, { path: '/admin/cuenta' });
  await page.getByRole('button', { name: 'Vincular mi Telegram' }).click();
  const dialog = page.getByRole('dialog', { name: 'Vincular mi Telegram' });
  await expect(dialog.getByAltText('Código QR para vincular tu Telegram')).toBeVisible();
  const link = await dialog.getByRole('link', { name: 'Abrir Telegram' }).getAttribute('href');
  const phone = hub.emulator.person({ id: 42, first_name: 'Ana', last_name: 'Gil' });
  phone.send(`/start ${new URL(link ?? '').searchParams.get('start')}`);
  await expect(dialog).toBeHidden();
  await expect(page.getByText('«Ana Gil» recibe las alarmas')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Cuentas del panel' }).getByText('Telegram')).toBeVisible();
  await page.getByRole('button', { name: 'Desvincular' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Desvincular' }).click();
  await expect(page.getByText('Telegram desvinculado.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Vincular mi Telegram' })).toBeVisible();
});

test('an administrator makes a viewer, who sees everything and can change nothing', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  await hub.message(1, 'Dos cañas');
  const page = await open(hub, { path: '/admin/cuenta' });
  await page.getByRole('button', { name: 'Añadir cuenta' }).click();
  const dialog = page.getByRole('dialog', { name: 'Añadir una cuenta' });
  await dialog.getByLabel('Nombre').fill('mirona');
  await dialog.getByLabel('Solo lectura').check();
  await dialog.getByLabel('Contraseña inicial').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Crear' }).click();
  await expect(page.getByText('Cuenta «mirona» creada.')).toBeVisible();

  const viewer = await open(hub, { account: { name: 'mirona' }, expected: REFUSED });
  await expect(heading(viewer, 'Resumen')).toBeVisible();
  const [row] = (await hub.admin('/api/admin/instructions')).body.items;
  const changing =
    /^(Nuevo|Editar|Desactivar|Aprobar|Eliminar|Cambiar|Crear|Anular|Probar|Reintentar|Cancelar|Pasar|Asignar|Enviar|Guardar|Añadir cuenta|Añadir$|Establecer|Quitar|Reparar)/;
  for (const path of [
    'tpvs',
    `tpvs/${tpv.id}`,
    'personas',
    'personas/1001',
    'instrucciones',
    `instrucciones/${row.id}`,
    'mensajes',
    'cuarentena',
    'ajustes',
    'webhook',
  ]) {
    await viewer.goto(`/admin/${path}`);
    await expect(viewer.getByText('Solo lectura: con este perfil')).toBeVisible();
    await expect(viewer.locator('.loading')).toHaveCount(0);
    await expect(viewer.getByRole('button', { name: changing }), path).toHaveCount(0);
    await expect(viewer.getByRole('checkbox'), path).toHaveCount(0);
  }
  const forged = await viewer.evaluate(async (id) => {
    const { csrf_token: token } = await (await fetch('/api/admin/session')).json();
    const headers = { 'x-csrf-token': token, 'content-type': 'application/json' };
    const answer = await fetch(`/api/admin/tpvs/${id}`, { method: 'PATCH', headers, body: '{"name":"Robado"}' });
    return [answer.status, (await answer.json()).code];
  }, tpv.id);
  expect(forged).toEqual([403, 'forbidden']);
  expect((await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body.name).toBe('Bar Pepe');
});
