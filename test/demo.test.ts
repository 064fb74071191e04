import { expect, onTestFinished, test } from 'vitest';
import { readOrder, totalCents } from '../demo/menu.ts';
import { playOneOrder } from '../demo/one_order.ts';
import { setStage } from '../demo/stage.ts';
import { runProcess } from './support/process.ts';

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
  for (const step of ['update \\d+ queued', 'webhook answered 200', 'instruction [0-9a-f-]+ came', '"completed"']) {
    expect(stdout).toMatch(new RegExp(`#2 Ana +\\+\\d+\\.\\d\\d ms .*${step}`));
  }
  expect(stdout).toContain('Te atiende Bar La Esquina');
  expect(stdout).toContain('Total: 11,10 €');
});

test('a step that does not come is named', async () => {
  const stage = await setStage({ chat: 0, hub: 0 });
  onTestFinished(() => stage.close());
  await stage.restaurant.close();
  await expect(playOneOrder(stage, 500)).rejects.toThrow(/"instruction" did not come within 0.5 s; what came: queued/);
});

test('an option that the demo does not know is refused', async () => {
  const { code, stderr } = await runProcess(['demo/main.ts', '--twice']);
  expect(code).toBe(64);
  expect(stderr).toContain('--twice');
});
