import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { HubApi, HubClient, PushRefusedError } from '#hub-client';
import { startHub } from '../support/hub.ts';

/** A hub, a TPV's API, and Ana, who is one of its people. */
async function setUp() {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola');
  return { hub, tpv, ana, api: new HubApi({ url: hub.url, apiKey: tpv.key }) };
}

test('a text reaches its person once, however often it is pushed with its key; then it is changed and deleted', async () => {
  const { ana, api } = await setUp();
  const message = { telegram_user_id: 1001, text: '¡Tu pedido está <b>listo</b>! 🎉' };
  const sent = await api.push(message, { idempotencyKey: 'order-4711-ready' });
  expect(await api.push(message, { idempotencyKey: 'order-4711-ready' })).toEqual(sent);
  await expect(api.push({ ...message, text: 'x' }, { idempotencyKey: 'order-4711-ready' })).rejects.toMatchObject({
    hubCode: 'idempotency_conflict',
  });
  const seen = await ana.waitForMessage();
  expect(sent).toMatchObject({ status: 'sent', telegram_message_id: seen.message_id });
  expect(seen.text).toBe('¡Tu pedido está listo! 🎉');
  const { push_message_id } = sent;
  expect(await api.pushState(push_message_id)).toMatchObject({ status: 'sent', push_message_id });
  await api.editPush(push_message_id, { text: 'Entregado' });
  expect(ana.chat.map(({ text }) => text)).toContain('Entregado');
  await api.deletePush(push_message_id);
  expect(ana.chat.map(({ text }) => text)).not.toContain('Entregado');
  await expect(api.resendPush(push_message_id)).rejects.toMatchObject({ hubCode: 'invalid_transition' });
});

test('files reach their person, from memory and as a stream', async () => {
  const { ana, api } = await setUp();
  // The smallest picture that is one.
  const gif = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64');
  const photo = await api.push({
    telegram_user_id: 1001,
    photo: { content: gif, name: 'plato.gif', type: 'image/gif' },
    text: 'Hoy',
  });
  const pdf = {
    content: Readable.from([Buffer.from('%PDF-'), Buffer.from('1.7')]),
    name: 'menú.pdf',
    type: 'application/pdf',
  };
  const document = await api.push({ telegram_user_id: 1001, document: pdf });
  expect([photo.status, document.status]).toEqual(['sent', 'sent']);
  expect(ana.chat.find(({ caption }) => caption === 'Hoy')?.photo).toBeDefined();
  expect(ana.chat.find((message) => message.document !== undefined)?.document).toMatchObject({
    file_name: 'menú.pdf',
    file_size: 8,
  });
  const location = { latitude: 40.4168, longitude: -3.7038 };
  await api.push({ telegram_user_id: 1001, location });
  expect(ana.chat.find((message) => message.location !== undefined)?.location).toMatchObject(location);
});

test('what can’t be sent says why', async () => {
  const { ana, api } = await setUp();
  await expect(api.push({ telegram_user_id: 4242, text: 'x' })).rejects.toMatchObject({ hubCode: 'not_found' });
  await expect(api.push({ telegram_user_id: 1001, text: '' })).rejects.toMatchObject({ hubCode: 'invalid_request' });
  ana.block(true);
  const refused = await api.push({ telegram_user_id: 1001, text: 'x' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(PushRefusedError);
  expect(refused).toMatchObject({
    hubCode: 'telegram_error',
    telegramErrorCode: 403,
    pushMessageId: expect.any(String),
  });
});

test('a file that a person sent is read, whole and in part', async () => {
  const {
    hub,
    ana,
    api,
    tpv: { key: apiKey },
  } = await setUp();
  await hub.emulatorDelivers();
  const tpv = new HubClient({ url: hub.url, apiKey });
  const received = new Promise<string>((resolve) => {
    tpv.on('process_message', ({ payload }) => {
      for (const { file_id } of payload.attachments) if (file_id !== undefined) resolve(file_id);
    });
  });
  await tpv.connect();
  const bytes = Buffer.from('0123456789');
  ana.sendDocument({ bytes, name: 'carta.txt', mimeType: 'text/plain' });
  const fileId = await received;
  const file = await api.file(fileId);
  expect([file.name, file.type, file.size]).toEqual(['carta.txt', expect.stringContaining('text/plain'), 10]);
  expect(Buffer.from(await file.bytes()).toString()).toBe('0123456789');
  const part = await api.file(fileId, { range: { start: 4, end: 6 } });
  expect([part.size, Buffer.from(await part.bytes()).toString()]).toEqual([3, '456']);
  await expect(api.file('AgAC-nobody-sent-this')).rejects.toMatchObject({ hubCode: 'not_found' });
  await tpv.close();
});
