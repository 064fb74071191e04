import { expect, test } from 'vitest';
import { refusal } from '../../support/bot.ts';
import { emulatorOnClock } from '../../support/facts.ts';

const ana = { id: 501, first_name: 'Ana', started: true };

test('a keyboard stays until another comes or it is taken away, and messages do not show it', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const first = await api.sendMessage(ana.id, 'uno', { reply_markup: { keyboard: [['Sí', { text: 'No' }]] } });
  expect(first).not.toHaveProperty('reply_markup');
  await api.sendMessage(ana.id, 'dos');
  expect(person.keyboard?.keyboard).toEqual([[{ text: 'Sí' }, { text: 'No' }]]);
  await api.sendMessage(ana.id, 'tres', { reply_markup: { remove_keyboard: true } });
  expect(person.keyboard).toBeUndefined();
});

test('a row of keys has twelve, and a keyboard 300: what is more is dropped', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const row = Array.from({ length: 15 }, (_, i) => ({ text: `${i}` }));
  await api.sendMessage(ana.id, 'x', { reply_markup: { keyboard: Array.from({ length: 30 }, () => row) } });
  const rows = person.keyboard?.keyboard.map((keys) => keys.length);
  expect(rows).toEqual(Array.from({ length: 25 }, () => 12));
});

test('a message that brought or took a keyboard can not be changed', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana);
  for (const reply_markup of [{ keyboard: [['Sí']] }, { remove_keyboard: true as const }]) {
    const { message_id } = await api.sendMessage(ana.id, 'uno', { reply_markup });
    expect(await refusal(api.editMessageText(ana.id, message_id, 'dos'))).toBe(
      "400 Bad Request: message can't be edited",
    );
    expect(await api.deleteMessage(ana.id, message_id)).toBe(true);
  }
});

test('a key sends what it says, or what it asks for, as a message of the person', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const keyboard = [
    [{ text: 'Sí' }],
    [{ text: 'Teléfono', request_contact: true }],
    [{ text: 'Lugar', request_location: true }],
    [{ text: 'Página', web_app: { url: 'https://tpv.example/' } }],
  ];
  await api.sendMessage(ana.id, 'x', { reply_markup: { keyboard } });
  person.pressKey('Sí');
  person.pressKey('Teléfono', { phone: '+34611222333' });
  person.pressKey('Lugar', { place: { latitude: 1, longitude: 2 } });
  person.pressKey(3, { data: '{}' });
  const updates = await api.getUpdates();
  expect(updates.map(({ message }) => message)).toMatchObject([
    { text: 'Sí' },
    { contact: { phone_number: '+34611222333', first_name: 'Ana', user_id: ana.id } },
    { location: { latitude: 1, longitude: 2 } },
    { web_app_data: { data: '{}', button_text: 'Página' } },
  ]);
  expect(() => person.pressKey('No')).toThrow('There is no such key');
});

test('what Telegram takes no button with is refused', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana);
  const say = (reply_markup: unknown) =>
    // Telegram's types allow none of these.
    refusal(api.sendMessage(ana.id, 'x', { reply_markup: reply_markup as { remove_keyboard: true } }));
  const button = (fields: object) => say({ inline_keyboard: [[{ text: 'a', ...fields }]] });
  expect(await button({ callback_data: 'a', style: 'red' })).toBe('400 Bad Request: invalid button style specified');
  expect(await button({ copy_text: { text: 'a'.repeat(257) } })).toBe('400 Bad Request: BUTTON_COPY_TEXT_INVALID');
  expect(await button({ web_app: { url: 'http://tpv.example/' } })).toContain('Only HTTPS links are allowed');
  expect(await button({ web_app: { url: 'https://tpv/' } })).toContain('Wrong HTTP URL');
  const key = (fields: object) => say({ keyboard: [[{ text: 'a', ...fields }]] });
  expect(await key({ web_app: { url: 'http://tpv.example/' } })).toContain('Only HTTPS links are allowed');
  expect(await say({ keyboard: [['a']], input_field_placeholder: 'a'.repeat(65) })).toBe(
    '400 Bad Request: REPLY_MARKUP_INVALID',
  );
});

test('a message goes into a topic that is there, and into none that is gone', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const into = (topic: number) => api.sendMessage(ana.id, 'x', { message_thread_id: topic });
  expect(await refusal(into(7))).toBe('400 Bad Request: message thread not found');
  person.sendInTopic(7, 'hola');
  expect(await into(7)).toMatchObject({ message_thread_id: 7, is_topic_message: true });
  person.deleteTopic(7);
  expect(await refusal(into(7))).toBe('400 Bad Request: message thread not found');
});
