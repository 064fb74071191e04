import { describe, expect, test } from 'vitest';
import type { Person } from '../../demo/emulator/mod.ts';
import { DIALECTS } from '../support/hub.ts';
import { PERSON, startPushing, TRANSPORTS } from '../support/push.ts';

const PHOTO = 'https://tpv.example/ticket.png';

describe.each(DIALECTS)('a push on %s', (database) => {
  describe.each(TRANSPORTS)('over %s', (over) => {
    test.each([
      [
        'a text',
        { message_type: 'text', text: '¡Tu pedido está <b>listo</b>! 🎉' },
        { text: '¡Tu pedido está listo! 🎉', entities: [{ type: 'bold', offset: 16, length: 5 }] },
      ],
      ['a text without a type', { text: 'Hola' }, { text: 'Hola' }],
      ['Markdown', { text: '*listo*\\.', parse_mode: 'MarkdownV2' }, { text: 'listo.' }],
      ['what only looks like markup', { text: '<b>5 < 7 & *x*', parse_mode: 'none' }, { text: '<b>5 < 7 & *x*' }],
      ['a photo', { message_type: 'photo', data: { photo_url: PHOTO } }, { photo: [{}, {}] }],
      [
        'a photo with a caption',
        { message_type: 'photo', data: { photo_url: PHOTO }, text: 'El <i>ticket</i>' },
        { photo: [{}, {}], caption: 'El ticket', caption_entities: [{ type: 'italic' }] },
      ],
      [
        'a document',
        { message_type: 'document', data: { document_url: 'https://tpv.example/factura.pdf' }, text: 'Factura' },
        { document: { file_name: 'factura.pdf' }, caption: 'Factura' },
      ],
      [
        'a place',
        { message_type: 'location', data: { latitude: 39.4699, longitude: -0.3763 } },
        { location: { latitude: 39.4699, longitude: -0.3763 } },
      ],
      [
        'a place on the equator',
        { message_type: 'location', data: { latitude: 0, longitude: 0 } },
        { location: { latitude: 0, longitude: 0 } },
      ],
    ])('brings %s, and its TPV has Telegram’s number of it', async (_name, fields, shown) => {
      const hub = await startPushing({ database });
      const { ok, status, body } = await hub.send(fields, { over });
      expect(ok).toBe(true);
      expect(status).toBe(over === 'REST' ? 201 : undefined);
      expect(body).toEqual({
        status: 'sent',
        push_message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        telegram_message_id: expect.any(Number),
      });
      const message = hub.person.chat.find((one) => one.message_id === body.telegram_message_id);
      expect(message).toMatchObject(shown);
      expect(hub.calls().at(-1)?.params.disable_notification).toBe(false);
    });

    test('is silent where the TPV wants it so', async () => {
      const hub = await startPushing({ database });
      await hub.send({ text: 'Hola', disable_notification: true }, { over });
      expect(hub.calls().at(-1)?.params).toMatchObject({ text: 'Hola', disable_notification: true });
    });

    test.each([
      ['HTML', 'text', 'Total < 5 <b>€'],
      ['MarkdownV2', 'text', 'Total: 5.00 *€'],
      ['HTML', 'photo', 'Total <b>5'],
    ])('whose %s can’t be parsed goes out as plain text (%s)', async (parse_mode, message_type, text) => {
      const hub = await startPushing({ database });
      const data = message_type === 'photo' ? { photo_url: PHOTO } : {};
      const { body } = await hub.send({ text, parse_mode, message_type, data }, { over });
      expect(body).toMatchObject({ status: 'sent', sent_as_plain_text: true });
      const shown = await hub.person.waitForMessage();
      expect(shown.text ?? shown.caption).toBe(text);
      const state = await hub.one.fetch(`/api/tpv/push/${body.push_message_id}/`);
      expect(state).toMatchObject({ status: 200, body: { status: 'sent', sent_as_plain_text: true } });
    });

    test('with text that no database keeps as it is arrives all the same', async () => {
      const hub = await startPushing({ database });
      const { body } = await hub.send({ text: 'b \ud83d c', parse_mode: 'none' }, { over, key: `clave ${over}` });
      expect(body).toMatchObject({ status: 'sent' });
      expect((await hub.person.waitForMessage()).text).toBe('b \ufffd c');
    });

    // S36
    test('with a NUL is refused', async () => {
      const hub = await startPushing({ database });
      expect(await hub.send({ text: 'a\0b' }, { over })).toMatchObject({
        ok: false,
        body: { code: 'invalid_request' },
      });
    });

    test('carries buttons', async () => {
      const hub = await startPushing({ database });
      const buttons = [
        [{ text: 'Activar', action: 'activate', data: { device: 7 } }],
        [
          { text: 'Ver', url: 'https://tpv.example/pedido' },
          { text: 'Abrir', callback_url: 'http://127.0.0.1:9/action' },
        ],
      ];
      const { body } = await hub.send({ text: '¿Activar?', buttons }, { over });
      expect(body).toMatchObject({ status: 'sent' });
      const { reply_markup } = await hub.person.waitForMessage();
      const token = expect.stringMatching(/^[\w-]{22}$/);
      expect(reply_markup?.inline_keyboard).toEqual([
        [{ text: 'Activar', callback_data: token }],
        [
          { text: 'Ver', url: 'https://tpv.example/pedido' },
          { text: 'Abrir', callback_data: token },
        ],
      ]);
    });

    test('with 100 buttons, twelve in a row, is taken, and all of them are shown', async () => {
      const hub = await startPushing({ database });
      const row = (length: number) => Array.from({ length }, () => ({ text: 'x', action: 'a' }));
      const buttons = [...Array.from({ length: 8 }, () => row(12)), row(4)];
      expect(await hub.send({ text: 'x', buttons }, { over })).toMatchObject({ ok: true, body: { status: 'sent' } });
      const shown = hub.person.chat.at(-1)?.reply_markup?.inline_keyboard.map(({ length }) => length);
      expect(shown).toEqual(buttons.map(({ length }) => length));
    });

    // S8
    test('to a stranger or to somebody else’s person is not found', async () => {
      const hub = await startPushing({ database });
      const other = await hub.tpv({ name: 'other', max_users: 5 });
      const stranger = await hub.send({ telegram_user_id: 424_242, text: 'x' }, { over });
      expect([stranger.ok, stranger.body.code]).toEqual([false, 'not_found']);
      const json = { telegram_user_id: PERSON, text: 'x' };
      expect(await other.fetch('/api/tpv/push/', { method: 'POST', json })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
      expect(hub.calls()).toEqual([]);
    });

    test.each([
      ['blocked the bot', 403, (person: Person) => person.block(true)],
      ['deleted their account', 403, (person: Person) => person.leave('user is deactivated')],
      ['is not found any more', 400, (person: Person) => person.leave('chat not found')],
      ['has no chat any more', 400, (person: Person) => person.leave('private chat not found')],
      ['is no peer any more', 400, (person: Person) => person.leave('PEER_ID_INVALID')],
    ])('to somebody who %s is refused by Telegram, and they are inactive', async (_name, code, goes) => {
      const hub = await startPushing({ database });
      goes(hub.person);
      const { ok, status, body } = await hub.send({ text: 'x' }, { over });
      expect([ok, status]).toEqual([false, over === 'REST' ? 502 : undefined]);
      expect(body).toMatchObject({
        code: 'telegram_error',
        push_message_id: expect.any(String),
        telegram_error_code: code,
      });
      const users = await hub.one.fetch('/api/tpv/users/');
      expect(users.body.users).toMatchObject([{ telegram_id: PERSON, is_active: false }]);
      const state = await hub.one.fetch(`/api/tpv/push/${body.push_message_id}/`);
      expect(state.body).toMatchObject({ status: 'failed', telegram_error_code: code });
      const stats = await hub.one.fetch('/api/tpv/stats/');
      expect(stats.body.push_messages).toEqual({ pending: 0, sent: 0, failed: 1, unknown: 0, total: 1 });
    });
  });

  test('over the socket keeps the order in which it was said, whatever has to be looked up', async () => {
    const hub = await startPushing({ database });
    const socket = await hub.one.socket();
    const slow = [[{ text: 'Abrir', callback_url: 'http://127.0.0.1:9/action' }]];
    for (let i = 0; i < 5; i++) {
      socket.send({
        type: 'push',
        ref: `${i}`,
        telegram_user_id: PERSON,
        text: `${i}`,
        ...(i % 2 === 0 && { buttons: slow }),
      });
    }
    for (let i = 0; i < 5; i++) expect(await socket.next('result')).toMatchObject({ ok: true });
    expect(hub.calls().map(({ params }) => params.text)).toEqual(['0', '1', '2', '3', '4']);
  });

  test('that is refused does not hold up what its socket says next', async () => {
    const hub = await startPushing({ database });
    const bad = [[{ text: 'a', callback_url: 'http://169.254.169.254/x' }]];
    const [first, second] = await Promise.all([
      hub.send({ text: 'x', buttons: bad }, { over: 'the socket' }),
      hub.send({ text: 'y' }, { over: 'the socket' }),
    ]);
    expect([first.ok, second.ok]).toEqual([false, true]);
  });
});

describe.each(TRANSPORTS)('a push over %s', (over) => {
  test.each<[name: string, fields: Record<string, unknown>, path: string]>([
    ['no text', {}, 'text'],
    ['4097 characters', { text: 'a'.repeat(4_097) }, 'text'],
    ['20,000 characters', { text: 'a'.repeat(20_000) }, 'text'],
    ['a caption of 1025', { message_type: 'photo', data: { photo_url: PHOTO }, text: 'a'.repeat(1_025) }, 'text'],
    ['a photo without one', { message_type: 'photo', text: 'x' }, 'data.photo_url'],
    ['a photo from nowhere', { message_type: 'photo', data: { photo_url: 'file:///etc/passwd' } }, 'data.photo_url'],
    ['no place', { message_type: 'location' }, 'data.latitude'],
    ['half a place', { message_type: 'location', data: { latitude: 1 } }, 'data.latitude'],
    ['a place beyond the poles', { message_type: 'location', data: { latitude: 91, longitude: 0 } }, 'data.latitude'],
    ['an unknown type', { message_type: 'video', text: 'x' }, 'message_type'],
    ['an unknown parse mode', { text: 'x', parse_mode: 'Markdown' }, 'parse_mode'],
    ['an id as text', { telegram_user_id: '1001', text: 'x' }, 'telegram_user_id'],
    ['a boolean as a number', { text: 'x', disable_notification: 1 }, 'disable_notification'],
    [
      '101 buttons',
      {
        text: 'x',
        buttons: Array.from({ length: 101 }, (_, i) => [{ text: `${i}`, action: 'a' }]),
      },
      'buttons',
    ],
    [
      '13 buttons in a row',
      { text: 'x', buttons: [Array.from({ length: 13 }, (_, i) => ({ text: `${i}`, action: 'a' }))] },
      'buttons.0',
    ],
    [
      'buttons of more than 10 KB',
      {
        text: 'x',
        buttons: Array.from({ length: 6 }, () => [{ text: 'a', url: `https://a.example/${'x'.repeat(1_900)}` }]),
      },
      'buttons',
    ],
    ['a row without buttons', { text: 'x', buttons: [[]] }, 'buttons.0'],
    ['a button that does nothing', { text: 'x', buttons: [[{ text: 'a' }]] }, 'buttons.0.0'],
    ['a button to a host without a dot', { text: 'x', buttons: [[{ text: 'a', url: 'https://tpv/' }]] }, 'buttons.0.0'],
    ['more than 32,768 bytes', { text: `<b></b>${'ñ'.repeat(16_381)}` }, 'text'],
    ['a button to what is no URL', { text: 'x', buttons: [[{ text: 'a', url: 'tpv' }]] }, 'buttons.0.0'],
    ['a button with a script', { text: 'x', buttons: [[{ text: 'a', url: 'javascript:alert(1)' }]] }, 'buttons.0.0'],
    [
      'a button with too much data',
      { text: 'x', buttons: [[{ text: 'a', action: 'a', data: 'a'.repeat(4_095) }]] },
      'buttons.0.0',
    ],
    [
      'a button that calls a stranger',
      { text: 'x', buttons: [[{ text: 'a', callback_url: 'http://169.254.169.254/x' }]] },
      'buttons.0.0.callback_url',
    ],
    ['buttons that never work', { text: 'x', expires_in: 0 }, 'expires_in'],
  ])('of %s is refused before Telegram is asked', async (_name, fields, path) => {
    const hub = await startPushing();
    const { ok, status, body } = await hub.send(fields, { over });
    expect([ok, status]).toEqual([false, over === 'REST' ? 400 : undefined]);
    expect(body).toMatchObject({ code: 'invalid_request' });
    const paths = body.details.map((one: { path: string }) => one.path);
    expect(paths.some((one: string) => one.startsWith(path))).toBe(true);
    expect(hub.calls()).toEqual([]);
    const stats = await hub.one.fetch('/api/tpv/stats/');
    expect(stats.body.push_messages.total).toBe(0);
  });
});

test('a press becomes an instruction, and what its TPV reports is shown', async () => {
  const hub = await startPushing();
  await hub.emulatorDelivers();
  const socket = await hub.one.socket();
  await socket.next('instruction').then(({ instruction }) => socket.report(instruction.id, 'completed'));
  const { body } = await hub.send({
    text: '¿Activar?',
    buttons: [[{ text: '✅ Activar', action: 'activate', data: { device: 7 } }]],
  });
  const press = hub.person.press(body.telegram_message_id, 0);
  const { instruction } = await socket.next('instruction');
  expect(instruction).toMatchObject({
    command: 'process_callback',
    priority: 1,
    payload: { action: 'activate', data: { device: 7 }, message_id: body.telegram_message_id },
  });
  await socket.report(instruction.id, 'completed', { response: { text: '✅ Activado', new_text: 'Activado.' } });
  expect(await press.answered).toMatchObject({ text: '✅ Activado' });
  await hub.person.waitForMessage((m) => m.text === '¿Activar?\n\nActivado.');
});

test('an unknown field is refused over REST, and ignored over the socket', async () => {
  const hub = await startPushing();
  const rest = await hub.send({ text: 'x', nombre: 'y' });
  expect(rest).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect(await hub.send({ text: 'x', nombre: 'y' }, { over: 'the socket' })).toMatchObject({ ok: true });
});
