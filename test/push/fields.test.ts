import { describe, expect, test } from 'vitest';
import { DIALECTS } from '../support/hub.ts';
import { PERSON, type PushingHub, startPushing, TRANSPORTS } from '../support/push.ts';
import { connectTelegram, instructionsOf } from '../support/telegram.ts';

const BYTES = Buffer.from('una foto');
const PHOTO = 'https://tpv.example/ticket.png';
const KEYBOARD = [
  [{ text: '🧾 La cuenta', style: 'primary' }, { text: 'Carta' }],
  [{ text: 'Mi teléfono', request_contact: true }],
  [{ text: 'Dónde estoy', request_location: true, request_contact: false }],
  [{ text: 'Reservar', web_app: 'https://tpv.example/reservas' }],
];

/** What the person's last message holds, as the TPV has it. */
async function lastPayload(hub: PushingHub): Promise<Record<string, unknown>> {
  await hub.emulator.drained();
  const row = (await instructionsOf(hub)).at(-1);
  return JSON.parse(row?.payload ?? 'null');
}

describe.each(DIALECTS)('a push on %s', (database) => {
  describe.each(TRANSPORTS)('over %s', (over) => {
    test('brings a keyboard whose keys send what they say, or what they ask for, and takes it away', async () => {
      const hub = await startPushing({ database });
      await connectTelegram(hub);
      const fields = { text: '¿Qué deseas?', keyboard: KEYBOARD, placeholder: 'Elige o escribe' };
      expect(await hub.send(fields, { over })).toMatchObject({ ok: true, body: { status: 'sent' } });
      expect(hub.person.keyboard).toEqual({
        keyboard: [
          [{ text: '🧾 La cuenta', style: 'primary' }, { text: 'Carta' }],
          [{ text: 'Mi teléfono', request_contact: true }],
          [{ text: 'Dónde estoy', request_location: true }],
          [{ text: 'Reservar', web_app: { url: 'https://tpv.example/reservas' } }],
        ],
        one_time_keyboard: false,
        resize_keyboard: true,
        input_field_placeholder: 'Elige o escribe',
      });
      hub.person.pressKey('🧾 La cuenta');
      expect(await lastPayload(hub)).toMatchObject({ text: '🧾 La cuenta', attachments: [] });
      hub.person.pressKey('Mi teléfono', { phone: '+34611222333' });
      const contact = { kind: 'contact', phone_number: '+34611222333', first_name: 'Ana', user_id: PERSON };
      expect(await lastPayload(hub)).toMatchObject({ text: '', attachments: [contact] });
      hub.person.pressKey('Dónde estoy', { place: { latitude: 39.4, longitude: -0.3 } });
      const place = { kind: 'location', latitude: 39.4, longitude: -0.3 };
      expect(await lastPayload(hub)).toMatchObject({ text: '', attachments: [place] });
      hub.person.pressKey('Reservar', { data: '{"mesa":4}' });
      const page = { kind: 'web_app_data', data: '{"mesa":4}', button_text: 'Reservar' };
      expect(await lastPayload(hub)).toMatchObject({ text: '', attachments: [page] });
      await hub.send({ text: 'Otra cosa' }, { over });
      expect(hub.person.keyboard).toBeDefined();
      await hub.send({ text: 'Gracias', keyboard: [] }, { over });
      expect(hub.person.keyboard).toBeUndefined();
    });

    test('brings a keyboard that goes once a key was pressed', async () => {
      const hub = await startPushing({ database });
      await hub.send({ text: '¿Seguro?', keyboard: [[{ text: 'Sí' }, { text: 'No' }]], one_time: true }, { over });
      hub.person.pressKey(1);
      expect(hub.person.chat.at(-1)?.text).toBe('No');
      expect(hub.person.keyboard).toBeUndefined();
    });

    test('that brought a keyboard can be deleted, and not changed', async () => {
      const hub = await startPushing({ database });
      const { body } = await hub.send({ text: 'Hola', keyboard: [[{ text: 'Sí' }]] }, { over });
      const path = `/api/tpv/push/${body.push_message_id}/`;
      expect(await hub.one.fetch(path, { method: 'PATCH', json: { text: 'Adiós' } })).toMatchObject({
        status: 400,
        body: { details: [{ path: 'id', message: expect.stringContaining('bórralo y envía otro') }] },
      });
      expect(await hub.one.fetch(path, { method: 'DELETE' })).toMatchObject({ status: 200 });
    });

    test('carries buttons that copy, that open a page within Telegram, and that have a style', async () => {
      const hub = await startPushing({ database });
      const buttons = [
        [
          { text: 'Sí', style: 'success', action: 'yes' },
          { text: 'No', style: 'danger', action: 'no' },
        ],
        [{ text: 'Copiar IBAN', copy_text: 'ES91 2100 0418 4502 0005 1332' }],
        [{ text: 'Carta', style: 'primary', web_app: 'https://tpv.example/carta' }],
        [{ text: 'Web', style: 'primary', url: 'https://tpv.example/' }],
      ];
      const { body } = await hub.send({ text: '¿Pagas?', buttons }, { over });
      const token = expect.stringMatching(/^[\w-]{22}$/);
      const shown = [
        [
          { text: 'Sí', style: 'success', callback_data: token },
          { text: 'No', style: 'danger', callback_data: token },
        ],
        [{ text: 'Copiar IBAN', copy_text: { text: 'ES91 2100 0418 4502 0005 1332' } }],
        [{ text: 'Carta', style: 'primary', web_app: { url: 'https://tpv.example/carta' } }],
        [{ text: 'Web', style: 'primary', url: 'https://tpv.example/' }],
      ];
      expect((await hub.person.waitForMessage()).reply_markup?.inline_keyboard).toEqual(shown);
      // An edit keeps those that it does not name.
      const path = `/api/tpv/push/${body.push_message_id}/`;
      expect(await hub.one.fetch(path, { method: 'PATCH', json: { text: '¿Pagas ya?' } })).toMatchObject({
        status: 200,
      });
      expect(hub.person.chat.at(-1)).toMatchObject({ text: '¿Pagas ya?', reply_markup: { inline_keyboard: shown } });
    });

    test('answers a message of the chat, and goes without where that is gone', async () => {
      const hub = await startPushing({ database });
      await connectTelegram(hub);
      hub.person.send('¿Hay mesa?');
      const { message_id } = await lastPayload(hub);
      const { body } = await hub.send({ text: 'Sí', reply_to_message_id: message_id }, { over });
      expect(hub.person.chat.at(-1)?.reply_to_message).toMatchObject({ message_id, text: '¿Hay mesa?' });
      const path = `/api/tpv/push/${body.push_message_id}/`;
      await hub.one.fetch(path, { method: 'DELETE' });
      const gone = await hub.send({ text: 'No', reply_to_message_id: body.telegram_message_id }, { over });
      expect(gone).toMatchObject({ ok: true, body: { status: 'sent' } });
      expect(hub.person.chat.at(-1)).toMatchObject({ text: 'No' });
      expect(hub.person.chat.at(-1)).not.toHaveProperty('reply_to_message');
    });

    test('can be protected from being passed on', async () => {
      const hub = await startPushing({ database });
      await hub.send({ text: 'Tu código: 4711', protect_content: true }, { over });
      expect(hub.person.chat.at(-1)).toMatchObject({ has_protected_content: true });
      await hub.send({ text: 'Hola', protect_content: false }, { over });
      expect(hub.person.chat.at(-1)).not.toHaveProperty('has_protected_content');
    });

    test('goes back into the topic in which the person wrote last, unless it names another, or none', async () => {
      const hub = await startPushing({ database });
      await connectTelegram(hub);
      const sent = async (fields: object) => {
        expect(await hub.send({ text: 'x', ...fields }, { over })).toMatchObject({
          ok: true,
          body: { status: 'sent' },
        });
        return hub.person.chat.at(-1)?.message_thread_id;
      };
      expect(await sent({})).toBeUndefined();
      hub.person.sendInTopic(71, 'Mesa 4: dos cañas');
      expect(await lastPayload(hub)).toMatchObject({ message_thread_id: 71 });
      expect(await sent({})).toBe(71);
      hub.person.sendInTopic(72, 'Mesa 5: la cuenta');
      await hub.emulator.drained();
      expect(await sent({})).toBe(72);
      expect(await sent({ message_thread_id: 71 })).toBe(71);
      expect(await sent({ message_thread_id: 0 })).toBeUndefined();
      const photo = { message_type: 'photo', data: { photo_url: PHOTO }, message_thread_id: 71 };
      expect(await sent(photo)).toBe(71);
      hub.person.send('fuera de todo tema');
      await hub.emulator.drained();
      expect(await sent({})).toBeUndefined();
    });

    test('goes without its topic where that is gone, as plain text too', async () => {
      const hub = await startPushing({ database });
      await connectTelegram(hub);
      hub.person.sendInTopic(71, 'Hola');
      await hub.emulator.drained();
      hub.person.deleteTopic(71);
      const { body } = await hub.send({ text: 'Son 5 < 7 <b>€' }, { over });
      expect(body).toMatchObject({ status: 'sent', sent_as_plain_text: true });
      expect(hub.person.chat.at(-1)).toMatchObject({ text: 'Son 5 < 7 <b>€' });
      expect(hub.person.chat.at(-1)).not.toHaveProperty('message_thread_id');
      expect(await hub.send({ text: 'Hola', message_thread_id: 99 }, { over })).toMatchObject({
        body: { status: 'sent' },
      });
    });

    test('sends once more what a person of its TPV sent, as what it was, and nothing of others', async () => {
      const hub = await startPushing({ database });
      await connectTelegram(hub);
      hub.person.sendPhoto({ bytes: BYTES, caption: 'Mi mesa' });
      const [photo] = (await lastPayload(hub)).attachments as { file_id: string }[];
      hub.person.sendDocument({ bytes: Buffer.from('hola'), name: 'lista.txt', mimeType: 'text/plain' });
      const [file] = (await lastPayload(hub)).attachments as { file_id: string }[];
      const asPhoto = (id?: string) => ({ message_type: 'photo', data: { photo_file_id: id }, text: 'La tuya' });
      const asDocument = (id?: string) => ({ message_type: 'document', data: { document_file_id: id } });
      expect(await hub.send(asPhoto(photo?.file_id), { over })).toMatchObject({ ok: true, body: { status: 'sent' } });
      expect(hub.person.chat.at(-1)).toMatchObject({ caption: 'La tuya', photo: [{}, { file_id: photo?.file_id }] });
      expect(await hub.send(asDocument(file?.file_id), { over })).toMatchObject({ ok: true, body: { status: 'sent' } });
      expect(hub.person.chat.at(-1)).toMatchObject({ document: { file_id: file?.file_id, file_name: 'lista.txt' } });
      for (const [fields, path, words] of [
        [asDocument(photo?.file_id), 'data.document_file_id', 'llegó como «photo»'],
        [asPhoto(file?.file_id), 'data.photo_file_id', 'llegó como «document»'],
        [asPhoto('AgACAgQAAx'), 'data.photo_file_id', 'una persona de este TPV'],
      ] as const) {
        expect(await hub.send(fields, { over })).toMatchObject({
          ok: false,
          body: { code: 'invalid_request', details: [{ path, message: expect.stringContaining(words) }] },
        });
      }
      const other = await hub.tpv({ name: 'otro', max_users: 5 });
      const luis = PERSON + 1;
      await hub.message(900_000_001, 'Hola', luis);
      await hub.admin(`/api/admin/users/${luis}/tpv`, { method: 'PUT', json: { tpv_id: other.id } });
      const json = { telegram_user_id: luis, ...asPhoto(photo?.file_id) };
      expect(await other.fetch('/api/tpv/push/', { method: 'POST', json })).toMatchObject({
        status: 400,
        body: { details: [{ path: 'data.photo_file_id', message: expect.stringContaining('de este TPV') }] },
      });
    });

    test('that repeats its Idempotency-Key with the new fields is the same, and with others a conflict', async () => {
      const hub = await startPushing({ database });
      const fields = { text: 'Hola', keyboard: [[{ text: 'Sí' }]], one_time: true, protect_content: true };
      const first = await hub.send(fields, { over, key: 'una' });
      expect((await hub.send(fields, { over, key: 'una' })).body.push_message_id).toBe(first.body.push_message_id);
      const other = await hub.send({ ...fields, one_time: false }, { over, key: 'una' });
      expect(other.body).toMatchObject({ code: 'idempotency_conflict' });
    });
  });

  test('as a form carries all of it', async () => {
    const hub = await startPushing({ database });
    const { body } = await hub.upload({
      message_type: 'photo',
      photo: new File([new Uint8Array(BYTES)], 'carta.png', { type: 'image/png' }),
      keyboard: JSON.stringify([[{ text: 'La cuenta' }]]),
      one_time: 'true',
      placeholder: 'Elige',
      protect_content: 'true',
      reply_to_message_id: '4711',
      message_thread_id: '0',
    });
    expect(body).toMatchObject({ status: 'sent' });
    expect(hub.person.keyboard).toMatchObject({ one_time_keyboard: true, input_field_placeholder: 'Elige' });
    expect(hub.calls().at(-1)?.params).toMatchObject({
      protect_content: true,
      reply_parameters: { message_id: 4711, allow_sending_without_reply: true },
    });
    expect(hub.calls().at(-1)?.params).not.toHaveProperty('message_thread_id');
  });
});

const rows = (count: number, perRow = 1) =>
  Array.from({ length: count }, () => Array.from({ length: perRow }, () => ({ text: 'x' })));

describe.each(TRANSPORTS)('a push over %s is refused with', (over) => {
  test.each<[name: string, fields: Record<string, unknown>, path: string, message: RegExp]>([
    [
      'buttons and a keyboard',
      { buttons: [[{ text: 'a', action: 'a' }]], keyboard: rows(1) },
      'keyboard',
      /no los dos/,
    ],
    [
      'buttons and no keyboard any more',
      { buttons: [[{ text: 'a', action: 'a' }]], keyboard: [] },
      'keyboard',
      /los dos/,
    ],
    ['a placeholder without keys', { placeholder: 'Elige' }, 'placeholder', /junto a las teclas/],
    ['a keyboard that goes and is none', { keyboard: [], one_time: true }, 'one_time', /junto a las teclas/],
    ['a long placeholder', { keyboard: rows(1), placeholder: 'a'.repeat(65) }, 'placeholder', /64/],
    ['101 keys', { keyboard: rows(101) }, 'keyboard', /100 botones/],
    ['13 keys in a row', { keyboard: rows(1, 13) }, 'keyboard.0', /12/],
    [
      'keys of more than 10 KB',
      {
        keyboard: [
          [1, 2, 3, 4, 5, 6].map((n) => ({ text: `${n}`, web_app: `https://a.example/${'x'.repeat(1_900)}` })),
        ],
      },
      'keyboard',
      /10240 bytes/,
    ],
    ['a row without keys', { keyboard: [[]] }, 'keyboard.0', /./],
    ['a key of 65 characters', { keyboard: [[{ text: 'a'.repeat(65) }]] }, 'keyboard.0.0.text', /64/],
    ['a blank key', { keyboard: [[{ text: ' ' }]] }, 'keyboard.0.0.text', /en blanco/],
    [
      'a key that asks for two',
      { keyboard: [[{ text: 'a', request_contact: true, request_location: true }]] },
      'keyboard.0.0',
      /una sola cosa/,
    ],
    ['a key of another colour', { keyboard: [[{ text: 'a', style: 'red' }]] }, 'keyboard.0.0.style', /primary/],
    [
      'a key with a field of its own',
      { keyboard: [[{ text: 'a', request_poll: {} }]] },
      'keyboard.0.0.request_poll',
      /./,
    ],
    [
      'a key that opens what is not https',
      { keyboard: [[{ text: 'a', web_app: 'http://tpv.example/' }]] },
      'keyboard.0.0.web_app',
      /./,
    ],
    [
      'a key that opens a name without a dot',
      { keyboard: [[{ text: 'a', web_app: 'https://tpv/' }]] },
      'keyboard.0.0.web_app',
      /dominio completo/,
    ],
    [
      '257 characters to copy',
      { buttons: [[{ text: 'a', copy_text: 'a'.repeat(257) }]] },
      'buttons.0.0.copy_text',
      /./,
    ],
    [
      '129 emojis to copy, which Telegram may count as 258',
      { buttons: [[{ text: 'a', copy_text: '🧾'.repeat(129) }]] },
      'buttons.0.0.copy_text',
      /un emoji cuenta como dos/,
    ],
    [
      '33 emojis in the empty field',
      { keyboard: [[{ text: 'a' }]], placeholder: '🧾'.repeat(33) },
      'placeholder',
      /un emoji cuenta como dos/,
    ],
    ['nothing to copy', { buttons: [[{ text: 'a', copy_text: '' }]] }, 'buttons.0.0.copy_text', /./],
    [
      'a page within Telegram without https',
      { buttons: [[{ text: 'a', web_app: 'http://tpv.example/' }]] },
      'buttons.0.0.web_app',
      /./,
    ],
    ['a button that does two things', { buttons: [[{ text: 'a', copy_text: 'a', action: 'a' }]] }, 'buttons.0.0', /./],
    ['a button of another colour', { buttons: [[{ text: 'a', action: 'a', style: 'red' }]] }, 'buttons.0.0', /./],
    ['an answer to no message', { reply_to_message_id: 0 }, 'reply_to_message_id', /./],
    ['an answer to a number too large', { reply_to_message_id: 2 ** 31 }, 'reply_to_message_id', /./],
    ['a topic below none', { message_thread_id: -1 }, 'message_thread_id', /./],
    ['protection as text', { protect_content: 'true' }, 'protect_content', /./],
    [
      'an id that is none',
      { message_type: 'photo', data: { photo_file_id: 'a/../b' } },
      'data.photo_file_id',
      /file_id/,
    ],
    [
      'a URL and an id',
      { message_type: 'photo', data: { photo_url: PHOTO, photo_file_id: 'AgAC' } },
      'data.photo_file_id',
      /no los dos/,
    ],
  ])('%s', async (_name, fields, path, message) => {
    const hub = await startPushing();
    const { ok, body } = await hub.send({ text: 'x', ...fields }, { over });
    expect([ok, body.code]).toEqual([false, 'invalid_request']);
    expect(body.details).toEqual([{ path, message: expect.stringMatching(message) }]);
    expect(hub.calls()).toEqual([]);
  });
});
