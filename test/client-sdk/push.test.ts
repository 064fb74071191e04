import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FileSource, HubApi, type PushMessage, PushRefusedError } from '#hub-client';
import { type Answer, type Call, startAnsweringServer } from './support/answering-server.ts';

const ID = '0198c0de-0000-7000-8000-000000000001';
const SENT: Answer = { status: 201, json: { status: 'sent', push_message_id: ID, telegram_message_id: 4711 } };
const TO = { telegram_user_id: 123456789 };

async function setUp(...answers: Answer[]) {
  const server = await startAnsweringServer(...answers);
  return { server, api: new HubApi({ url: server.url, apiKey: 'a-made-up-key' }) };
}

/** The one body that `push(message)` sent, as JSON. */
async function pushed(message: PushMessage): Promise<unknown> {
  const { server, api } = await setUp(SENT);
  await api.push(message);
  expect(server.calls).toMatchObject([{ method: 'POST', path: '/api/tpv/push/' }]);
  return JSON.parse(String(server.calls[0]?.body));
}

/** A multipart body, read by somebody else's parser. */
async function formOf(call: Call | undefined): Promise<FormData> {
  const type = call?.headers['content-type'] ?? '';
  expect(type).toMatch(/^multipart\/form-data; boundary=/);
  return new Response(call?.body ?? null, { headers: { 'content-type': type } }).formData();
}

async function fileOf(form: FormData, name: string) {
  const file = form.get(name);
  if (!(file instanceof File)) throw new Error(`${name} is no file`);
  return { name: file.name, type: file.type, bytes: Buffer.from(await file.arrayBuffer()) };
}

describe('a message becomes what the contract says', () => {
  test('a text, with everything that it may have', async () => {
    const buttons = [
      [
        { text: '✅ Activar', action: 'activate', data: { table: 4 } },
        { text: 'Ver', url: 'https://tpv.example' },
      ],
      [{ text: 'Abrir', callback_url: 'https://tpv.example/api/dispositivo/action' }],
    ];
    const options = {
      parse_mode: 'MarkdownV2',
      disable_notification: true,
      expires_in: 600,
      single_use: false,
    } as const;
    const message = { ...TO, text: '*Listo*', buttons, ...options };
    expect(await pushed(message)).toEqual({ ...message, message_type: 'text' });
  });

  test.each([['photo'], ['document']] as const)('a %s from a URL', async (kind) => {
    const source = { url: new URL('https://tpv.example/plato.jpg') };
    const message: PushMessage =
      kind === 'photo' ? { ...TO, photo: source, text: 'Hoy' } : { ...TO, document: source, text: 'Hoy' };
    expect(await pushed(message)).toEqual({
      ...TO,
      message_type: kind,
      text: 'Hoy',
      data: { [`${kind}_url`]: 'https://tpv.example/plato.jpg' },
    });
  });

  test('a location', async () => {
    const location = { latitude: 40.4168, longitude: -3.7038 };
    expect(await pushed({ ...TO, location })).toEqual({ ...TO, message_type: 'location', data: location });
  });
});

describe('a file goes beside its fields', () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 256));

  async function* inPieces() {
    for (let at = 0; at < bytes.length; at += 7_777) yield bytes.subarray(at, at + 7_777);
  }

  function onDisk(): string {
    const dir = mkdtempSync(join(tmpdir(), 'hub-push-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(join(dir, 'plato.jpg'), bytes);
    return join(dir, 'plato.jpg');
  }

  test.each<[string, () => FileSource]>([
    ['a Buffer', () => ({ content: bytes, name: 'plato.jpg', type: 'image/jpeg' })],
    ['a path', () => ({ path: onDisk(), type: 'image/jpeg' })],
    ['a Node stream', () => ({ content: Readable.from(inPieces()), name: 'plato.jpg', type: 'image/jpeg' })],
    [
      'a web stream',
      () => ({ content: Readable.toWeb(Readable.from(inPieces())), name: 'plato.jpg', type: 'image/jpeg' }),
    ],
    ['a generator', () => ({ content: inPieces(), name: 'plato.jpg', type: 'image/jpeg' })],
  ])('from %s', async (_name, source) => {
    const { server, api } = await setUp(SENT);
    const buttons = [[{ text: 'Sí', action: 'yes' }]];
    await api.push({ ...TO, photo: source(), text: 'Año\r\nnuevo', buttons }, { idempotencyKey: 'order-4711' });
    const [call] = server.calls;
    expect(call?.headers['idempotency-key']).toBe('order-4711');
    const form = await formOf(call);
    expect([...form.keys()].sort()).toEqual(['buttons', 'message_type', 'photo', 'telegram_user_id', 'text']);
    expect([...form.keys()].at(-1)).toBe('photo');
    expect([form.get('telegram_user_id'), form.get('message_type'), form.get('text')]).toEqual([
      '123456789',
      'photo',
      'Año\r\nnuevo',
    ]);
    expect(JSON.parse(String(form.get('buttons')))).toEqual(buttons);
    expect(await fileOf(form, 'photo')).toEqual({ name: 'plato.jpg', type: 'image/jpeg', bytes });
  });

  test('its name can not break out of its line', async () => {
    const { server, api } = await setUp(SENT);
    const name = 'a"; name="x"\r\nX-Evil: 1\r\n\r\n.txt';
    await api.push({ ...TO, document: { content: Buffer.from('hola'), name } });
    const form = await formOf(server.calls[0]);
    expect([...form.keys()].sort()).toEqual(['document', 'message_type', 'telegram_user_id']);
    expect((await fileOf(form, 'document')).bytes.toString()).toBe('hola');
  });

  test('what can be read again is tried again, a stream is not', async () => {
    const twice = await setUp('cut', SENT);
    expect(await twice.api.push({ ...TO, photo: { path: onDisk() } })).toMatchObject({ status: 'sent' });
    expect((await fileOf(await formOf(twice.server.calls.at(-1)), 'photo')).bytes).toEqual(bytes);
    const once = await setUp('cut', SENT);
    const stream = { content: inPieces(), name: 'plato.jpg' };
    await expect(once.api.push({ ...TO, photo: stream })).rejects.toMatchObject({ code: 'unreachable' });
    expect(once.server.calls).toHaveLength(1);
  });

  test.each<[string, FileSource, RegExp]>([
    ['a path that is not there', { path: '/nowhere/plato.jpg' }, /can't be read/],
    ['a stream that breaks', { content: breaking(), name: 'x' }, /can't be read/],
    [
      'a stream of text',
      { content: Readable.from(['text']) as AsyncIterable<Uint8Array>, name: 'x' },
      /must give bytes/,
    ],
    ['more than a photo may have', { content: Buffer.alloc(10 * 1024 * 1024 + 1), name: 'x' }, /10485760/],
  ])('%s is the caller’s fault, and told at once', async (_name, photo, words) => {
    const { server, api } = await setUp(SENT);
    await expect(api.push({ ...TO, photo })).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringMatching(words),
    });
    expect(server.calls).toHaveLength(0);
  });
});

describe('after it', () => {
  test.each(['pending', 'unknown'])('a push may be %s', async (status) => {
    const { api } = await setUp({ status: 202, json: { status, push_message_id: ID } });
    expect(await api.push({ ...TO, text: 'Hola' })).toEqual({ status, push_message_id: ID });
  });

  test('what Telegram refused says why, and which message it was', async () => {
    const json = { error: 'Telegram no aceptó', code: 'telegram_error', push_message_id: ID, telegram_error_code: 403 };
    const { api } = await setUp({ status: 502, json });
    const error = await api.push({ ...TO, text: 'Hola' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PushRefusedError);
    expect(error).toMatchObject({ hubCode: 'telegram_error', pushMessageId: ID, telegramErrorCode: 403 });
  });

  test('its state is asked for, it is edited, deleted, sent again', async () => {
    const { server, api } = await setUp(
      { status: 200, json: { status: 'unknown', push_message_id: ID } },
      { status: 200, json: { status: 'ok' } },
      { status: 204 },
      { status: 202, json: { status: 'pending', push_message_id: ID } },
    );
    expect(await api.pushState(ID)).toEqual({ status: 'unknown', push_message_id: ID });
    expect(await api.editPush(ID, { text: 'Listo', buttons: [] })).toBeUndefined();
    expect(await api.deletePush(ID)).toBeUndefined();
    expect(await api.resendPush(ID)).toEqual({ status: 'pending', push_message_id: ID });
    expect(server.calls.map(({ method, path, body }) => [method, path, body.toString()])).toEqual([
      ['GET', `/api/tpv/push/${ID}/`, ''],
      ['PATCH', `/api/tpv/push/${ID}/`, '{"text":"Listo","buttons":[]}'],
      ['DELETE', `/api/tpv/push/${ID}/`, ''],
      ['POST', `/api/tpv/push/${ID}/resend/`, ''],
    ]);
  });

  test.each([[''], ['x'.repeat(129)], ['año'], ['a\r\nb'], [' a']])(
    'the key %j is refused before it is sent',
    async (key) => {
      const { server, api } = await setUp(SENT);
      const push = async () => api.push({ ...TO, text: 'Hola' }, { idempotencyKey: key });
      await expect(push()).rejects.toMatchObject({ code: 'invalid_options' });
      expect(server.calls).toHaveLength(0);
    },
  );
});

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('the disk is gone');
}
