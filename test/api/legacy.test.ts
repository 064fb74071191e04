import { describe, expect, test, vi } from 'vitest';
import { ANA, type ButtonScene, buttonScene, messageOf } from '../support/buttons.ts';
import { DIALECTS, type DialectUnderTest } from '../support/hub.ts';
import { tpvServer } from '../support/tpv-server.ts';
import { WAIT_MS } from '../support/within.ts';

const TEXT = '🔌 ¿Activar el <b>horno</b>?';
const BUTTONS = [
  [
    { text: '✅ Activar', callback_data: 'activar|tok-1' },
    { text: '❌ Cancelar', callback_data: 'cancelar|tok-1' },
  ],
];

/** A hub with an older TPV: its server, and Ana, who started the bot. */
async function scene(answer: Parameters<typeof tpvServer>[0] = () => ({ success: true }), database?: DialectUnderTest) {
  const server = await tpvServer(answer);
  const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
  const at = await buttonScene({ ...(database && { database }), env });
  const body = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
    token: 'tok-1',
    callback_url: `${server.origin}/api/dispositivo/action`,
    telegram_user_id: ANA,
    mensaje: TEXT,
    botones: BUTTONS,
    empresa: 'Bar La Esquina',
    uid_dispositivo: 'horno-7',
    metadata: { mesa: 4 },
    ...fields,
  });
  const post = (path: string, json: unknown) => at.tpv.fetch(path, { method: 'POST', json });
  const register = (fields?: Record<string, unknown>) => post('/api/register_notification/', body(fields));
  /** Registers, and gives back the message's number. */
  const notify = async (fields?: Record<string, unknown>): Promise<number> => {
    await at.clock.advance(1_000);
    const answer = await register(fields);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.message_id;
  };
  return { ...at, server, body, post, register, notify };
}

const sends = ({ hub }: ButtonScene) => hub.emulator.calls.filter(({ method }) => method === 'sendMessage');

describe.each(DIALECTS)('on %s', (database) => {
  test('a notification reaches the person as HTML with its buttons, and is answered in the old shape', async () => {
    const at = await scene(undefined, database);
    const { status, body } = await at.register();
    expect({ status, body }).toEqual({ status: 200, body: { success: true, message_id: expect.any(Number) } });
    const message = await at.ana.waitForMessage();
    expect(message).toMatchObject({ message_id: body.message_id, text: '🔌 ¿Activar el horno?' });
    expect(message.entities?.map(({ type }) => type)).toEqual(['bold']);
    expect(messageOf(at.ana, body.message_id).buttons).toEqual(['✅ Activar', '❌ Cancelar']);
  });

  test('a press calls the URL with the TPV’s own token; success shows it, uses it up, and changes the message', async () => {
    const at = await scene(() => ({ success: true, mensaje: '✅ Activado', new_text: '✅ <i>Activado</i>' }), database);
    const messageId = await at.notify();
    expect(await at.ana.press(messageId, '✅ Activar').answered).toMatchObject({
      text: '✅ Activado',
      show_alert: true,
    });
    expect(at.server.calls).toEqual([
      {
        path: '/api/dispositivo/action',
        contentType: 'application/x-www-form-urlencoded',
        form: {
          token: 'tok-1',
          accion: 'activar',
          telegram_user_id: String(ANA),
          uid_dispositivo: 'horno-7',
          metadata: '{"mesa":4}',
        },
      },
    ]);
    const changed = await at.ana.waitForMessage(({ text }) => text?.includes('Activado') === true);
    expect(changed).toMatchObject({ message_id: messageId, text: '🔌 ¿Activar el horno?\n\n✅ Activado' });
    expect(changed.entities?.map(({ type }) => type)).toEqual(['bold', 'italic']);
    expect(messageOf(at.ana, messageId).buttons).toEqual([]);
  });

  test('success without new_text uses the token up too; its buttons, as they stand, call nobody', async () => {
    const at = await scene(undefined, database);
    const messageId = await at.notify();
    expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text: '✅ Hecho' });
    await at.clock.advance(5_000);
    for (const button of [0, 1]) {
      expect(await at.ana.press(messageId, button).answered).toMatchObject({ text: '⚠️ Esta acción ha expirado' });
    }
    expect(at.server.calls).toHaveLength(1);
  });

  test('a failure shows why, and leaves the button as it is', async () => {
    let works = false;
    const at = await scene(() => (works ? { success: true } : { success: false, error: 'Horno apagado' }), database);
    const messageId = await at.notify();
    expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text: 'Horno apagado', show_alert: true });
    expect(messageOf(at.ana, messageId).buttons).toHaveLength(2);
    await at.clock.advance(5_000);
    works = true;
    expect(await at.ana.press(messageId, 0).answered).toMatchObject({ text: '✅ Hecho' });
    expect(at.server.calls).toHaveLength(2);
  });

  test('a press on an expired token says so, calls nobody, and says it in the message too', async () => {
    const at = await scene(undefined, database);
    const messageId = await at.notify({ expira_en: new Date(at.clock.now() + 61_000).toISOString() });
    await at.clock.advance(60_000);
    const { answered } = at.ana.press(messageId, 0);
    expect(await answered).toMatchObject({ text: '❌ Token expirado', show_alert: true });
    const changed = await at.ana.waitForMessage(({ text }) => text?.includes('EXPIRADA') === true);
    expect(changed.text).toBe('🔌 ¿Activar el horno?\n\n⚠️ Acción EXPIRADA');
    expect(changed.entities?.map(({ type, offset }) => ({ type, offset })).at(-1)).toEqual({
      type: 'bold',
      offset: changed.text?.indexOf('Acción EXPIRADA'),
    });
    expect(messageOf(at.ana, messageId).buttons).toEqual([]);
    expect(at.server.calls).toEqual([]);
  });

  test('a message is changed: buttons stay where the edit brings none, go with [], and can be others', async () => {
    const at = await scene(undefined, database);
    const messageId = await at.notify();
    const edit = async (fields: Record<string, unknown>) => {
      await at.clock.advance(1_000);
      return at.post('/api/edit_message/', { telegram_user_id: ANA, message_id: messageId, ...fields });
    };
    expect(await edit({ nuevo_texto: 'Uno <i>y</i> dos' })).toMatchObject({ status: 200, body: { success: true } });
    expect(messageOf(at.ana, messageId)).toEqual({ text: 'Uno y dos', buttons: ['✅ Activar', '❌ Cancelar'] });
    const [kept] = at.ana.chat.find(({ message_id: id }) => id === messageId)?.reply_markup?.inline_keyboard[0] ?? [];
    expect((await edit({ nuevo_texto: 'Nada', botones: [] })).status).toBe(200);
    expect(messageOf(at.ana, messageId)).toEqual({ text: 'Nada', buttons: [] });
    const other = [[{ text: 'Apagar', callback_data: 'apagar|tok-2' }], [{ text: 'Ver', url: 'https://example.com/' }]];
    expect((await edit({ nuevo_texto: 'Otra vez', botones: other })).status).toBe(200);
    expect(messageOf(at.ana, messageId)).toEqual({ text: 'Otra vez', buttons: ['Apagar', 'Ver'] });
    expect(await at.forge({ data: kept?.callback_data ?? '', messageId })).toMatchObject({
      text: '⚠️ Esta acción ha expirado',
    });
    expect(await at.ana.press(messageId, 'Apagar').answered).toMatchObject({ text: '✅ Hecho' });
    expect(at.server.calls).toMatchObject([{ form: { token: 'tok-2', accion: 'apagar', uid_dispositivo: 'horno-7' } }]);
  });

  test('a message is deleted, and twice is fine', async () => {
    const at = await scene(undefined, database);
    const messageId = await at.notify();
    for (const id of [messageId, String(messageId)]) {
      await at.clock.advance(1_000);
      const answer = await at.post('/api/delete_message', { telegram_user_id: String(ANA), message_id: id });
      expect(answer).toMatchObject({ status: 200, body: { success: true } });
    }
    expect(at.ana.chat).toEqual([]);
  });

  test('only the messages of this TPV are changed and deleted', async () => {
    const at = await scene(undefined, database);
    const messageId = await at.notify();
    const other = await at.hub.tpv();
    const fields = { telegram_user_id: ANA, message_id: messageId };
    const theirs = { ...fields, message_id: messageId + 1 };
    const elsewhere = { ...fields, telegram_user_id: ANA + 1 };
    for (const [tpv, json] of [
      [other, fields],
      [at.tpv, theirs],
      [at.tpv, elsewhere],
    ] as const) {
      const edited = { ...json, nuevo_texto: 'x' };
      const refused = { status: 404, body: { success: false, code: 'not_found', error: expect.any(String) } };
      expect(await tpv.fetch('/api/edit_message/', { method: 'POST', json: edited })).toMatchObject(refused);
      expect(await tpv.fetch('/api/delete_message/', { method: 'POST', json })).toMatchObject(refused);
    }
    expect(messageOf(at.ana, messageId).buttons).toHaveLength(2);
  });
});

describe('a notification', () => {
  test.each([
    ['token'],
    ['callback_url'],
    ['telegram_user_id'],
    ['mensaje'],
    ['token', 'callback_url', 'telegram_user_id', 'mensaje'],
  ])('without %s is refused with 400, and says what is missing', async (...missing) => {
    const at = await scene();
    for (const nothing of [undefined, null, '']) {
      const fields = Object.fromEntries(missing.map((field) => [field, nothing]));
      expect(await at.register(fields)).toMatchObject({
        status: 400,
        body: { success: false, error: `Faltan: ${missing.join(', ')}` },
      });
    }
    expect(sends(at)).toEqual([]);
  });

  test.each([
    ['[]', 'Faltan: '],
    ['"token"', 'Faltan: '],
    ['', 'Faltan: '],
    ['{', 'La petición no es válida'],
    ['{"__proto__": {"token": "x"}}', 'La petición no es válida'],
  ])('whose body is %j is refused with 400', async (body, error) => {
    const at = await scene();
    const headers = { 'content-type': 'application/json' };
    const answer = await at.tpv.fetch('/api/register_notification/', { method: 'POST', body, headers });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(error) } });
  });

  test('is read when its JSON comes as text/plain', async () => {
    const at = await scene();
    const headers = { 'content-type': 'text/plain; charset=UTF-8' };
    const answer = await at.tpv.fetch('/api/register_notification/', {
      method: 'POST',
      body: JSON.stringify(at.body()),
      headers,
    });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    const edit = { telegram_user_id: ANA, message_id: answer.body.message_id, nuevo_texto: 'Otro' };
    for (const [path, body] of [
      ['/api/edit_message/', JSON.stringify(edit)],
      ['/api/delete_message/', JSON.stringify(edit)],
    ] as const) {
      await at.clock.advance(1_000);
      expect(await at.tpv.fetch(path, { method: 'POST', body, headers })).toMatchObject({ status: 200 });
    }
    const broken = await at.tpv.fetch('/api/register_notification/', { method: 'POST', body: 'Hola', headers });
    expect(broken).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  test('with a wrong key, or none, gets 401 «No autorizado»', async () => {
    const at = await scene();
    for (const authorization of [undefined, 'ApiKey tpv_wrong', 'Bearer nothing-that-anybody-has']) {
      for (const path of ['/api/register_notification/', '/api/edit_message/', '/api/delete_message/']) {
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
        const answer = await at.hub.fetch(path, { method: 'POST', json: at.body(), headers });
        expect(answer).toMatchObject({ status: 401, body: { error: 'No autorizado' } });
      }
    }
  });

  test('is taken with and without the trailing slash, with Bearer as with ApiKey', async () => {
    const at = await scene();
    for (const path of ['/api/register_notification', '/api/register_notification/']) {
      for (const scheme of ['ApiKey', 'Bearer']) {
        await at.clock.advance(1_000);
        const headers = { authorization: `${scheme} ${at.tpv.key}` };
        const answer = await at.hub.fetch(path, { method: 'POST', json: at.body(), headers });
        expect(answer).toMatchObject({ status: 200, body: { success: true } });
      }
    }
  });

  test('takes callback data of 64 bytes, and refuses 65 before Telegram is asked', async () => {
    const at = await scene();
    const botones = (bytes: number) => [[{ text: 'Sí', callback_data: `ñ|${'x'.repeat(bytes - 3)}` }]];
    const refused = await at.register({ botones: botones(65) });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'botones.0.0.callback_data: admite hasta 64 bytes' },
    });
    expect(sends(at)).toEqual([]);
    const messageId = await at.notify({ botones: botones(64) });
    await at.ana.press(messageId, 'Sí').answered;
    expect(at.server.calls).toMatchObject([{ form: { accion: 'ñ', token: 'x'.repeat(61) } }]);
  });

  test.each([
    [{ botones: [[{ text: 'Sí' }]] }, 'botones.0.0'],
    [{ botones: [Array.from({ length: 13 }, () => ({ text: 'Sí', callback_data: 'a|b' }))] }, 'botones.0'],
    [{ botones: [[{ text: 'Ver', url: 'http://caja:8000/' }]] }, 'botones.0.0.url: Telegram solo abre direcciones'],
    [
      { botones: Array.from({ length: 50 }, () => [{ text: 'ñ'.repeat(120), callback_data: 'a|b' }]) },
      'botones: Telegram admite hasta 10240 bytes',
    ],
    [{ mensaje: `x${'<b></b>'.repeat(5_000)}` }, 'mensaje: admite hasta 32768 bytes'],
    [
      { botones: Array.from({ length: 101 }, () => [{ text: 'Sí', callback_data: 'a|b' }]) },
      'botones: admite hasta 100',
    ],
    [{ botones: 'a|b' }, 'botones'],
    [{ mensaje: 'x'.repeat(4_097) }, 'mensaje: admite hasta 4096'],
    [{ mensaje: ' ' }, 'mensaje: es obligatorio'],
    [{ expira_en: 'mañana' }, 'expira_en'],
    [{ telegram_user_id: 'ana' }, 'telegram_user_id'],
    [{ callback_url: 'ftp://example.com/' }, 'callback_url'],
    [{ callback_url: 'https://example.com/' }, 'callback_url: su origen no está permitido'],
    [{ metadata: { a: 'x'.repeat(20_000) } }, 'metadata: admite hasta'],
  ])('with %j is refused with 400 and the field', async (fields, error) => {
    const at = await scene();
    expect(await at.register(fields)).toMatchObject({
      status: 400,
      body: { success: false, error: expect.stringContaining(error) },
    });
    expect(sends(at)).toEqual([]);
    expect(await at.hub.hub.db.read.selectFrom('buttons').selectAll().execute()).toEqual([]);
  });

  test('takes what Python sends: nulls, numbers in text, fields of its own', async () => {
    const at = await scene();
    const messageId = await at.notify({
      token: 4711,
      telegram_user_id: String(ANA),
      expira_en: null,
      uid_dispositivo: null,
      metadata: null,
      botones: [[{ text: 'Sí', callback_data: 'activar', url: null }], []],
      otro: { cosas: 1 },
    });
    await at.ana.press(messageId, 'Sí').answered;
    expect(at.server.calls).toMatchObject([
      { form: { accion: 'activar', token: '4711', uid_dispositivo: '', metadata: '{}' } },
    ]);
  });

  test('without buttons is a message', async () => {
    const at = await scene();
    const messageId = await at.notify({ botones: undefined });
    expect(messageOf(at.ana, messageId)).toEqual({ text: '🔌 ¿Activar el horno?', buttons: [] });
    const edit = { telegram_user_id: ANA, message_id: messageId, nuevo_texto: 'x', botones: BUTTONS };
    expect(await at.post('/api/edit_message/', edit)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('callback_url') },
    });
  });

  test('for somebody who never started the bot is 404, for another TPV’s user it is fine', async () => {
    const at = await scene();
    expect(await at.register({ telegram_user_id: 4004 })).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('/start') },
    });
    const other = await at.hub.tpv();
    const headers = { authorization: `Bearer ${other.key}` };
    const answer = await at.hub.fetch('/api/register_notification/', { method: 'POST', json: at.body(), headers });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
  });

  test('that Telegram refuses is 502, one that Telegram puts off is success without its number', async () => {
    const at = await scene();
    const how = { kind: 'error', code: 429, description: 'Too Many Requests: retry after 60', retryAfter: 60 } as const;
    at.hub.emulator.fail({ method: 'sendMessage', times: 1, how });
    await at.clock.advance(1_000);
    const waiting = at.register();
    await at.hub.emulator.waitForCall(({ method }) => method === 'sendMessage');
    let answered = false;
    void waiting.then(() => {
      answered = true;
    });
    await vi.waitFor(async () => {
      await at.clock.advance(1_000);
      expect(answered).toBe(true);
    }, WAIT_MS);
    expect(await waiting).toMatchObject({ status: 200, body: { success: true, message_id: null, pending: true } });
    await at.clock.jump(50_000);
    await vi.waitFor(async () => {
      await at.clock.advance(1_000);
      expect(at.ana.chat).toHaveLength(1);
    }, WAIT_MS);
    await at.clock.advance(5_000);
    at.hub.emulator.blocked(ANA, true);
    expect(await at.register()).toMatchObject({
      status: 502,
      body: { success: false, error: expect.stringContaining('blocked') },
    });
  });

  test.each([
    ['2025-11-09T10:35:00Z', 300],
    ['2025-11-09T12:35:00+02:00', 300],
    ['2025-11-09T10:35:00', 300],
    ['2025-11-09 10:35:00.123456', 300.123],
    ['2025-11-09T10:35:00.500000+00:00', 300.5],
  ])('with expira_en %s expires then', async (expira_en, seconds) => {
    const at = await scene();
    // The test's clock begins at 2025-11-09T10:30:00Z.
    await at.notify({ expira_en });
    const [row] = await at.hub.hub.db.read.selectFrom('buttons').select('expires_at').execute();
    expect(row?.expires_at).toBe(Date.UTC(2025, 10, 9, 10, 30) + seconds * 1_000);
  });

  test('keeps the token of each of its buttons apart', async () => {
    const at = await scene();
    const botones = [
      [
        { text: 'A', callback_data: 'uno|x|y' },
        { text: 'B', callback_data: '|z' },
      ],
    ];
    const messageId = await at.notify({ botones, token: 'general' });
    await at.ana.press(messageId, 'A').answered;
    expect(at.server.calls).toMatchObject([{ form: { accion: 'uno', token: 'x|y' } }]);
  });
});

test('the older addresses of the webhook and its state work', async () => {
  const at = await scene();
  expect(await at.hub.fetch('/info/')).toMatchObject({ status: 200, body: { status: 'active' } });
  expect((await at.hub.fetch('/telegram/', { method: 'POST', json: { update_id: 1 } })).status).toBe(401);
});
