import { describe, test } from 'vitest';
import { axeFaults } from '../support/axe.ts';
import { startHub } from '../support/hub.ts';
import { DESK, expect, PATIENCE_MS, PHONE, useBrowser } from '../support/panel.ts';
import { connectTelegram } from '../support/telegram.ts';

const open = useBrowser();

/** A restaurant whose manager is «pepa», and another one: Ana's order failed, Bea's waits, Carla is the other's. */
async function town() {
  const hub = await startHub({ env: { ROUTING_STRATEGY: 'specific' } });
  await connectTelegram(hub);
  const [own, other] = [await hub.tpv({ name: 'Bar Pepe' }), await hub.tpv({ name: 'Casa Ajena' })];
  const socket = await own.socket();
  const join = async (id: number, first_name: string, tpv: { id: string }, order: string) => {
    const person = hub.emulator.person({ id, first_name, started: true });
    const { join_code: code } = (await hub.admin(`/api/admin/tpvs/${tpv.id}`)).body;
    person.send(`/start ${code}`);
    person.send(order);
    return person;
  };
  const ana = await join(1001, 'Ana', own, 'Dos cañas');
  const { instruction: beers } = await socket.next('instruction', PATIENCE_MS);
  await socket.report(beers.id, 'failed', { error_message: 'sin papel' });
  await join(1002, 'Bea', own, 'Una tapa');
  await socket.next('instruction', PATIENCE_MS);
  const carla = await join(1003, 'Carla', other, 'palabras ajenas');
  await carla.waitForMessage(({ text }) => text?.includes('Casa Ajena') === true, PATIENCE_MS);
  return { hub, own, socket, ana };
}

describe.each([
  ['a desk', { viewport: DESK }],
  ['a phone', { viewport: PHONE, hasTouch: true, isMobile: true }],
] as const)('on %s', (where, context) => {
  test('a manager sees how their restaurant is, answers, sends again what failed and cancels what waits', async () => {
    const { hub, own, socket, ana } = await town();
    const account = { name: 'pepa', role: 'manager', tpvs: [own.id] } as const;
    const page = await open(hub, { account: { ...account, tpvs: [own.id] }, context });
    const goToList = async () => {
      if (where === 'a phone') await page.locator('.inbox-back').click();
    };
    await expect(page.getByRole('heading', { name: 'Resumen', level: 1 })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Bar Pepe');
    await expect(page.getByRole('main')).not.toContainText('Casa Ajena');
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('main').getByRole('link', { name: 'Conversaciones' }).click();

    const list = page.getByRole('region', { name: 'Lista de conversaciones' });
    await expect(list.getByRole('listitem')).toHaveCount(2);
    await expect(list).not.toContainText('Carla');
    await list.getByRole('link', { name: /Ana/ }).click();
    const chat = page.getByRole('log', { name: 'Conversación con Ana' });
    await expect(chat).toContainText('sin papel');
    await page.getByRole('textbox', { name: 'Escribir a Ana' }).fill('Ahora mismo te las ponemos');
    await page.getByRole('button', { name: 'Enviar' }).click();
    await ana.waitForMessage(({ text }) => text === 'Ahora mismo te las ponemos', PATIENCE_MS);
    await expect(chat.locator('.bubble-out')).toContainText('pepa');
    await chat.getByRole('button', { name: 'Reintentar' }).click();
    const { instruction: again } = await socket.next('instruction', PATIENCE_MS);
    expect(again.payload.text).toBe('Dos cañas');
    await socket.report(again.id, 'completed');
    await expect(chat).toContainText('Atendido');
    expect(await axeFaults(page)).toEqual([]);

    await goToList();
    await list.getByRole('link', { name: /Bea/ }).click();
    const hers = page.getByRole('log', { name: 'Conversación con Bea' });
    await hers.getByRole('button', { name: 'Cancelar' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar el mensaje' }).click();
    await expect(hers).toContainText('Fallido');
    await expect(hers.getByRole('button', { name: 'Cancelar' })).toHaveCount(0);
  });
});
