import { expect, onTestFinished, test } from 'vitest';
import { imageSize } from '../../demo/emulator/image-size.ts';
import { readOrder, totalCents } from '../../demo/menu.ts';
import { setStage } from '../../demo/stage.ts';
import { receiptText, ticketPng } from '../../demo/ticket.ts';
import { runProcess } from '../support/process.ts';
import { WAIT_MS } from '../support/within.ts';

test.each([
  ['2 cañas y una tortilla', ['2 caña', '1 tortilla'], 1110],
  ['Hola, quiero DOS CAFES, un bocadillo y otra agua por favor', ['2 café', '1 bocadillo', '1 agua'], 910],
  ['una croqueta y 3 croquetas', ['4 croqueta'], 480],
  ['0 vinos', [], 0],
  ['¿A qué hora abrís?', [], 0],
])('the order "%s" is read as %j', (text, expected, cents) => {
  const lines = readOrder(text);
  expect(lines.map(({ quantity, dish }) => `${quantity} ${dish.name}`)).toEqual(expected);
  expect(totalCents(lines)).toBe(cents);
});

test('the demo plays one order, prints its timeline, and ends', async () => {
  const { code, stdout, stderr } = await runProcess(['demo/main.ts', '--once']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const came = (story: number, steps: string[]) => {
    for (const step of steps) expect(stdout).toMatch(new RegExp(`#${story} Ana +\\+\\d+\\.\\d\\d ms .*${step}`));
  };
  came(1, ['update \\d+ queued: "/start"', 'in the chat: "¡Hola, Ana!']);
  came(2, ['update \\d+ queued', 'webhook answered 200', 'instruction [0-9a-f-]+ came', '"completed"']);
  came(2, ['in the chat: "🧾 Pedido n.º 1: .*\\[✅ Confirmar\\] \\[❌ Cancelar\\]']);
  came(3, [
    'queued: press on \\[✅ Confirmar\\]',
    'instruction [0-9a-f-]+ came',
    'photo in the chat: 240 × 182 pixels',
  ]);
  came(3, ['document in the chat: recibo-1.txt, \\d+ bytes', '"completed"', 'shown over the chat: "👨‍🍳 ¡Marchando!"']);
  came(3, ['edited in the chat: "🧾 Pedido n.º 1: .* ✅ Confirmado"\\n']);
  expect(stdout).toContain('Te atiende Bar La Esquina');
  expect(stdout).toContain('Total: 11,10 €');
});

test('a step that does not come is named', async () => {
  const stage = await setStage({ chat: 0, hub: 0 });
  onTestFinished(() => stage.close());
  await stage.restaurant.close();
  const { emulator, timeline } = stage;
  const updateId = emulator.person({ id: 4_711, first_name: 'Luis' }).send('un café');
  const story = timeline.storyOf(updateId);
  if (story === undefined) throw new Error('There is no such message.');
  await timeline.waitFor(story, 'committed', WAIT_MS);
  const missing = /"instruction" did not come within 0.1 s; what came: queued, committed/;
  await expect(timeline.waitFor(story, 'instruction', 100)).rejects.toThrow(missing);
});

test('an option that the demo does not know is refused', async () => {
  const { code, stderr } = await runProcess(['demo/main.ts', '--twice']);
  expect(code).toBe(64);
  expect(stderr).toContain('--twice');
});

test('an order that is cancelled by its button says so, and sends no ticket', async () => {
  const stage = await setStage({ chat: 0, hub: 0 });
  onTestFinished(() => stage.close());
  const luis = stage.emulator.person({ id: 4_711, first_name: 'Luis' });
  luis.send('un café');
  const offer = await luis.waitForMessage(({ text }) => text?.includes('Pedido n.º 1: 1 × café') === true);
  expect(await luis.press(offer.message_id, '❌ Cancelar').answered).toMatchObject({ text: 'Pedido cancelado' });
  await luis.waitForMessage(({ text }) => text?.endsWith('❌ Cancelado') === true);
  expect(luis.chat.some(({ photo, document }) => photo !== undefined || document !== undefined)).toBe(false);
});

test('the ticket is a picture, and the receipt adds up', () => {
  const order = { number: 12, lines: readOrder('2 cañas y una tortilla') };
  const png = ticketPng(order);
  expect(imageSize(png)).toEqual({ width: 240, height: 182 });
  expect(png.subarray(-8).toString('latin1', 0, 4)).toBe('IEND');
  expect(receiptText(order, 'Bar').split('\n')).toEqual([
    'Bar',
    'Pedido n.º 12',
    '',
    '2 × caña                    3,60 €',
    '1 × tortilla                7,50 €',
    'TOTAL                      11,10 €',
    '',
  ]);
});
