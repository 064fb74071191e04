import { InputFile } from 'grammy';
import { expect, test } from 'vitest';
import { refusal } from '../../support/bot.ts';
import { emulatorOnClock } from '../../support/facts.ts';

const ana = { id: 501, first_name: 'Ana', started: true };

test.each([
  ['user is deactivated', '403 Forbidden: user is deactivated'],
  ['chat not found', '400 Bad Request: chat not found'],
  ['private chat not found', '400 Bad Request: private chat not found'],
  ['PEER_ID_INVALID', '400 Bad Request: PEER_ID_INVALID'],
] as const)('a person who is gone gets nothing: %s', async (why, said) => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana).leave(why);
  expect(await refusal(api.sendMessage(ana.id, 'x'))).toBe(said);
});

test('a person who blocked the bot, or never wrote to it, is 403, and one whom Telegram does not know is 400', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana).block(true);
  emulator.person({ id: 502, first_name: 'Luis' });
  expect(await refusal(api.sendMessage(ana.id, 'x'))).toBe('403 Forbidden: bot was blocked by the user');
  expect(await refusal(api.sendMessage(502, 'x'))).toBe("403 Forbidden: bot can't initiate conversation with a user");
  expect(await refusal(api.sendMessage(503, 'x'))).toBe('400 Bad Request: chat not found');
});

test('a message carries 100 buttons of about 10 KB in all, and shows twelve in a row', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const buttons = (count: number, bytes: number) => {
    const one = { text: 'x'.repeat(bytes), callback_data: 'a' };
    return { reply_markup: { inline_keyboard: Array.from({ length: count }, () => [one]) } };
  };
  await api.sendMessage(ana.id, 'x', buttons(100, 50));
  const tooLong = '400 Bad Request: reply markup is too long';
  expect(await refusal(api.sendMessage(ana.id, 'x', buttons(101, 1)))).toBe(tooLong);
  expect(await refusal(api.sendMessage(ana.id, 'x', buttons(100, 70)))).toBe(tooLong);
  const row = Array.from({ length: 13 }, (_, i) => ({ text: `${i}`, callback_data: `${i}` }));
  await api.sendMessage(ana.id, 'x', { reply_markup: { inline_keyboard: [row] } });
  expect(person.chat.at(-1)?.reply_markup?.inline_keyboard[0]).toHaveLength(12);
});

test('a form’s value ends at its first semicolon, and what follows may name another part', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const send = (name: string) => api.sendDocument(ana.id, new InputFile(Buffer.from('x'), name));
  await send('factura.pdf');
  await send('Menú 5€ 🍺.pdf');
  await send('Factura; mesa 4.pdf');
  expect(person.chat.map(({ document }) => document?.file_name)).toEqual(['factura.pdf', 'Menú 5€ 🍺.pdf', 'Factura']);
  expect(await refusal(send('a;name=x.pdf'))).toContain('400');
});
