import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished, test } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { openDatabase } from '../../src/db/open.ts';
import { createAccount } from '../support/admin.ts';
import { startHub } from '../support/hub.ts';
import { expect, PATIENCE_MS, useBrowser } from '../support/panel.ts';
import { startPushing } from '../support/push.ts';

const open = useBrowser();

/** A hub that goes away leaves requests without an answer. */
const CUT = /ERR_(CONNECTION|EMPTY_RESPONSE|INCOMPLETE|NETWORK)|Failed to load resource/;

test('the figures of the overview move by themselves, and a TPV that goes away raises an alarm', async () => {
  const hub = await startHub({ env: { OFFLINE_GRACE_SECONDS: '1' } });
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const socket = await tpv.socket();
  const page = await open(hub);
  const tiles = page.getByRole('region', { name: 'Cifras de ahora mismo' });
  await expect(tiles.getByRole('link', { name: /^TPV en línea 1 de 1 activos/ })).toBeVisible();
  await expect(page.getByText('Todo en orden: ninguna alarma.')).toBeVisible();
  await hub.message(1, 'Dos cañas');
  await expect(tiles.getByRole('link', { name: /^Clientes 1 / })).toBeVisible();
  await expect(tiles.getByRole('link', { name: /^En espera 0 1 en curso/ })).toBeVisible();
  const { instruction } = await socket.next('instruction');
  await socket.report(instruction.id, 'delivered');
  await socket.report(instruction.id, 'completed');
  await expect(tiles.getByText(/mediana/)).toBeVisible();
  await expect(tiles.getByRole('link', { name: /^En espera 0 0 en curso/ })).toBeVisible();
  await expect(page.getByRole('figure', { name: 'Por minuto' })).toContainText(/Atendidos: .*, [1-9]\d* en total/);

  socket.cut();
  await expect(tiles.getByRole('link', { name: /^TPV en línea 0 de 1 activos/ })).toBeVisible();
  const alarms = page.getByRole('list', { name: 'Alarmas' }).getByRole('listitem');
  await expect(alarms.filter({ hasText: '«Bar Pepe» no está conectado y atiende a un cliente.' })).toBeVisible();
  await alarms.getByRole('link', { name: 'Ver el TPV' }).click();
  await expect(page).toHaveURL(`/admin/tpvs/${tpv.id}`);
  await expect(page.getByText('Sin conexión desde')).toBeVisible();
  await expect(page.getByText('En cuanto vuelva, recibirá lo que le espera')).toBeVisible();
});

test('a new hub says what it lacks until it is done, and three lines connect a TPV', async () => {
  // What the person wrote waits for who decides: the test order alone is completed.
  const hub = await startHub({ env: { ROUTING_STRATEGY: 'specific' } });
  const page = await open(hub);
  const steps = page.getByRole('region', { name: 'Primeros pasos' });
  const link = steps.getByRole('link', { name: /^@/ });
  await expect(link).toHaveAttribute('href', /^https:\/\/t\.me\/\w+$/);
  await expect(steps.getByAltText(/^Código QR para abrir @/)).toHaveJSProperty('complete', true);
  await hub.message(1, 'Hola');
  await expect(steps.getByRole('listitem').filter({ hasText: 'Escribe a tu bot' })).toContainText('Hecho');

  await steps.getByRole('button', { name: 'Nuevo TPV' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nombre del local').fill('Casa Lola');
  await dialog.getByLabel('Dirección del TPV').fill('https://lola.example');
  await dialog.getByRole('button', { name: 'Crear TPV' }).click();
  await dialog.getByRole('button', { name: 'Python' }).click();
  await expect(dialog.locator('pre')).toContainText('from valletpv_hub import HubClient, answer');
  await dialog.getByRole('button', { name: 'JavaScript' }).click();
  const lines = await dialog.locator('pre').innerText();
  expect(lines.split('\n')).toHaveLength(3);
  // As a TPV runs them, but for where the client lies.
  const client = new URL('../../client-sdk/src/mod.ts', import.meta.url).href;
  const program = `${lines.replace('@valletpv/hub-client', client)}\nexport { tpv };`;
  const { tpv } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(program)}`);
  onTestFinished(() => tpv.close());
  await dialog.getByRole('button', { name: 'Cerrar', exact: true }).last().click();
  await expect(steps.getByRole('listitem').filter({ hasText: 'Conecta un TPV' })).toContainText('Hecho');

  await steps.getByRole('link', { name: 'Ir a los TPV' }).click();
  await page.getByRole('link', { name: /Casa Lola/ }).click();
  await page.getByRole('button', { name: 'Enviar prueba' }).click();
  await expect(page.getByRole('region', { name: 'Lo que leería el cliente' })).toContainText('Recibido: Hola');
  await page
    .getByRole('link', { name: /^Resumen/ })
    .first()
    .click();
  await expect(steps.getByRole('listitem').filter({ hasText: 'Haz un pedido de prueba' })).toContainText('Hecho');

  // Once a restaurant is let in, nothing is left to do.
  await steps.getByRole('link', { name: 'Invitar a un local' }).click();
  await expect(page.getByRole('list', { name: 'Cuentas del panel' })).toBeVisible();
  const { items } = (await hub.admin('/api/admin/tpvs')).body;
  await createAccount(hub, { name: 'lola', role: 'manager', tpvs: [items[0].id] });
  await page
    .getByRole('link', { name: /^Resumen/ })
    .first()
    .click();
  await expect(page.getByRole('region', { name: 'Cifras de ahora mismo' })).toBeVisible();
  await expect(steps).toHaveCount(0);
});

test('each alarm leads to where it is mended', async () => {
  const hub = await startPushing();
  hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset_after' } });
  await hub.send({ text: 'Quién sabe' });
  await hub.update({ update_id: 5, message: { text: 'sin nada más' } });
  await hub.admin(`/api/admin/tpvs/${hub.one.id}/deactivate`, { method: 'POST', json: { users: 'reassign' } });
  await hub.message(6, '¿Hay alguien?');
  const page = await open(hub);
  for (const [sentence, action, title] of [
    ['Un mensaje sin confirmar', 'Resolver', 'Enviados'],
    ['Una actualización de Telegram en cuarentena', 'Revisar', 'Cuarentena'],
    ['2 mensajes en espera: quien escribe no tiene TPV.', 'Asignar', 'Clientes'],
  ] as const) {
    const alarm = page.getByRole('list', { name: 'Alarmas' }).getByRole('listitem').filter({ hasText: sentence });
    await alarm.getByRole('link', { name: action }).click();
    await expect(page.getByRole('heading', { name: title, level: 1 })).toBeFocused();
    await expect(page.getByRole('rowgroup').last().getByRole('row')).toHaveCount(1);
    await page.goBack();
  }
});

test('a stream that is cut is shown, and goes on with what changed meanwhile', async () => {
  const PORT = String(await freePort());
  const hub = await startHub({ env: { PORT } });
  await hub.tpv({ name: 'Bar Pepe' });
  const page = await open(hub, { path: '/admin/tpvs', expected: CUT });
  const connection = page.locator('.connection').filter({ visible: true });
  await expect(connection).toHaveText('En directo');
  await expect(page.getByRole('link', { name: /Bar Pepe/ })).toBeVisible();
  await hub.close();
  await expect(connection).toHaveText('Conexión perdida, reintentando…');
  const stale = page.getByText(/Sin conexión con el hub desde las \d+:\d\d/);
  await expect(stale).toBeVisible();
  const again = await startHub({ databaseUrl: hub.databaseUrl, emulator: hub.emulator, env: { PORT } });
  await again.tpv({ name: 'Casa Lola' });
  await expect(connection).toHaveText('En directo');
  await expect(stale).toHaveCount(0);
  await expect(page.getByRole('link', { name: /Casa Lola/ })).toBeVisible();
});

test.each([
  ['the browser itself comes back', false],
  // As a proxy does: the browser takes such an answer for the last one, and asks no more.
  ['what stands in front of it answered 502 meanwhile', true],
])(
  'a hub that was restarted finds the panel up to date with what changed while it was away, where %s',
  async (_name, proxied) => {
    const PORT = String(await freePort());
    const hub = await startHub({ env: { PORT } });
    const tpv = await hub.tpv({ name: 'Bar Pepe' });
    const page = await open(hub, { path: '/admin/tpvs', expected: CUT });
    const connection = page.locator('.connection').filter({ visible: true });
    await expect(connection).toHaveText('En directo');
    await expect(page.getByRole('link', { name: /Bar Pepe/ })).toBeVisible();
    await hub.close();
    let asked = 0;
    const proxy = createServer((_request, response) => {
      asked++;
      response.writeHead(502).end();
    });
    if (proxied) {
      await once(proxy.listen(Number(PORT), '127.0.0.1'), 'listening');
      await expect.poll(() => asked, { timeout: PATIENCE_MS }).toBeGreaterThan(1);
      proxy.closeAllConnections();
      await once(proxy.close(), 'close');
    }
    await expect(connection).toHaveText('Conexión perdida, reintentando…');
    // No hub sees this change, so no event tells of it.
    const db = openDatabase({ DATABASE_URL: hub.databaseUrl, DATABASE_DURABILITY: 'full' });
    await db.transact(({ kysely }) =>
      kysely.updateTable('tpv_instances').set({ name: 'Casa Lola' }).where('id', '=', tpv.id).execute(),
    );
    await db.close();
    await startHub({ databaseUrl: hub.databaseUrl, emulator: hub.emulator, env: { PORT } });
    await expect(connection).toHaveText('En directo');
    await expect(page.getByRole('link', { name: /Casa Lola/ })).toBeVisible();
    await expect(page.getByRole('link', { name: /Bar Pepe/ })).toHaveCount(0);
  },
);

test('one browser sees what another one changes', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv({ name: 'Bar Pepe' });
  const desk = await open(hub, { path: '/admin/tpvs' });
  const phone = await open(hub, { path: `/admin/tpvs/${tpv.id}` });
  await expect(desk.getByRole('link', { name: /Bar Pepe/ })).toBeVisible();
  await phone.getByRole('button', { name: 'Editar' }).click();
  await phone.getByLabel('Nombre del local').fill('Casa Lola');
  await phone.getByRole('button', { name: 'Guardar' }).click();
  await expect(desk.getByRole('link', { name: /Casa Lola/ })).toBeVisible();
  await expect(desk.getByRole('link', { name: /Bar Pepe/ })).toHaveCount(0);
});
