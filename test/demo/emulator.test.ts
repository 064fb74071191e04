import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api, HttpError, InputFile } from 'grammy';
import { expect, onTestFinished, test } from 'vitest';
import { type Emulator, type EmulatorEvent, type EmulatorOptions, startEmulator } from '../../demo/emulator/mod.ts';
import { type BotAnswer, type Delivered, refusal, webhookOfBot } from '../support/bot.ts';

const ana = { id: 501, first_name: 'Ana', username: 'ana_garcia', language_code: 'es' };
const luis = { id: 502, first_name: 'Luis' };

async function build(options: EmulatorOptions = {}) {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  const api = new Api(emulator.token, { apiRoot: emulator.apiRoot, timeoutSeconds: 60 });
  return { emulator, api };
}

function ids(deliveries: Delivered[]): number[] {
  return deliveries.map(({ update }) => update.update_id);
}

async function raw(emulator: Emulator, path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${emulator.apiRoot}/${path}`, init);
  return { status: response.status, body: await response.json() };
}

test('an update carries the secret and a message as Telegram writes it', async () => {
  const { emulator, api } = await build();
  const { url, deliveries } = await webhookOfBot();
  await api.setWebhook(url, { secret_token: 'made-up_Secret-16' });
  const updateId = emulator.person(ana).send('/start hola');
  await emulator.drained();
  expect(deliveries[0]?.headers['x-telegram-bot-api-secret-token']).toBe('made-up_Secret-16');
  expect(deliveries[0]?.headers['content-type']).toBe('application/json');
  expect(deliveries[0]?.update).toEqual({
    update_id: updateId,
    message: {
      message_id: 1,
      from: { id: 501, is_bot: false, first_name: 'Ana', username: 'ana_garcia', language_code: 'es' },
      chat: { id: 501, type: 'private', first_name: 'Ana', username: 'ana_garcia' },
      date: expect.any(Number),
      text: '/start hola',
      entities: [{ type: 'bot_command', offset: 0, length: 6 }],
    },
  });
});

test('a refused update is sent again until it is taken, and holds back its own chat alone', async () => {
  const { emulator, api } = await build({ retryBaseMs: 5 });
  const first = Promise.withResolvers<void>();
  let refusals = 0;
  const { url, deliveries } = await webhookOfBot(async ({ update }) => {
    const fromAna = JSON.stringify(update).includes('"Ana"');
    if (fromAna && refusals < 3) {
      refusals += 1;
      return { status: 503 };
    }
    if (!fromAna) first.resolve();
    return { status: 200 };
  });
  await api.setWebhook(url);
  const anas = ['uno', 'dos', 'tres'].map((text) => emulator.person(ana).send(text));
  const luises = ['cuatro', 'cinco'].map((text) => emulator.person(luis).send(text));
  await first.promise;
  await emulator.drained();
  const seen = ids(deliveries);
  const [one = 0, two = 0, three = 0] = anas;
  expect(seen.filter((id) => anas.includes(id))).toEqual([one, one, one, one, two, three]);
  expect(seen.filter((id) => luises.includes(id))).toEqual(luises);
});

test('update numbers follow each other, and one update per chat is in flight', async () => {
  const { emulator, api } = await build();
  const open = new Map<number, number>();
  let most = 0;
  let mostPerChat = 0;
  const { url } = await webhookOfBot(async ({ update }) => {
    const { chat } = update.message as { chat: { id: number } };
    open.set(chat.id, (open.get(chat.id) ?? 0) + 1);
    mostPerChat = Math.max(mostPerChat, open.get(chat.id) ?? 0);
    most = Math.max(
      most,
      [...open.values()].reduce((sum, count) => sum + count, 0),
    );
    await new Promise((resolve) => setImmediate(resolve));
    open.set(chat.id, (open.get(chat.id) ?? 0) - 1);
    return { status: 200 };
  });
  await api.setWebhook(url, { max_connections: 4 });
  const sent = Array.from({ length: 40 }, (_, index) =>
    emulator.person({ id: 600 + (index % 8), first_name: 'Gente' }).send(`mensaje ${index}`),
  );
  await emulator.drained();
  expect(sent).toEqual(sent.map((_, index) => (sent[0] ?? 0) + index));
  expect(mostPerChat).toBe(1);
  expect(most).toBeLessThanOrEqual(4);
});

test('Retry-After sets the pause, and getWebhookInfo tells the last error', async () => {
  const events: EmulatorEvent[] = [];
  const { emulator, api } = await build({ retryBaseMs: 60_000, onEvent: (event) => events.push(event) });
  let calls = 0;
  const { url } = await webhookOfBot(() => {
    calls += 1;
    return calls === 1 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 200 };
  });
  await api.setWebhook(url, { allowed_updates: ['message'], max_connections: 7 });
  emulator.person(ana).send('hola');
  await emulator.drained();
  expect(await api.getWebhookInfo()).toMatchObject({
    url,
    has_custom_certificate: false,
    pending_update_count: 0,
    last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
    last_error_date: expect.any(Number),
    max_connections: 7,
    allowed_updates: ['message'],
  });
  const tries = events.filter((event) => event.kind === 'delivery');
  expect(tries.map(({ attempt, retryInMs }) => [attempt, retryInMs])).toEqual([
    [1, 0],
    [2, undefined],
  ]);
});

test('a webhook that nobody serves is told as refused, and a new webhook gets what waited', async () => {
  const failed = Promise.withResolvers<void>();
  const { emulator, api } = await build({
    retryBaseMs: 60_000,
    onEvent: (event) => {
      if (event.kind === 'delivery' && !event.delivered) failed.resolve();
    },
  });
  const gone = await webhookOfBot();
  gone.server.close();
  await once(gone.server, 'close');
  await api.setWebhook(gone.url);
  const updateId = emulator.person(ana).send('hola');
  await failed.promise;
  const info = await api.getWebhookInfo();
  expect(info).toMatchObject({ pending_update_count: 1, last_error_message: 'Connection refused' });
  const here = await webhookOfBot();
  await api.setWebhook(here.url);
  await emulator.drained();
  expect(ids(here.deliveries)).toEqual([updateId]);
});

test('a webhook that does not answer in time gets the update again', async () => {
  const { emulator, api } = await build({ webhookTimeoutMs: 30, retryBaseMs: 1 });
  let calls = 0;
  const { url } = await webhookOfBot(() => {
    calls += 1;
    return calls === 1 ? new Promise<BotAnswer>(() => undefined) : { status: 200 };
  });
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  await emulator.drained();
  expect(await api.getWebhookInfo()).toMatchObject({ last_error_message: 'Read timeout expired' });
});

test('updates of kinds that the bot did not ask for are dropped', async () => {
  const { emulator, api } = await build();
  const { url, deliveries } = await webhookOfBot();
  await api.setWebhook(url, { allowed_updates: ['callback_query'] });
  emulator.person(ana).send('no llega');
  expect(emulator.pendingUpdates()).toBe(0);
  await api.setWebhook(url, { allowed_updates: [] });
  const updateId = emulator.person(ana).send('llega');
  await emulator.drained();
  expect(ids(deliveries)).toEqual([updateId]);
});

test('setWebhook refuses what Telegram refuses', async () => {
  const { emulator, api } = await build();
  expect(await refusal(api.setWebhook('http://hub.example/webhook'))).toBe(
    '400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
  );
  expect(await refusal(api.setWebhook('https://hub.example/', { secret_token: 'ñ' }))).toBe(
    '400 Bad Request: secret token contains unallowed characters',
  );
  await api.setWebhook('https://hub.example/webhook', { max_connections: 500 });
  expect(emulator.webhook).toMatchObject({ url: 'https://hub.example/webhook', maxConnections: 100 });
  await api.deleteWebhook();
  expect(emulator.webhook).toBeUndefined();
});

test('a press reaches the bot once, and its answer ends it', async () => {
  const { emulator, api } = await build();
  const { url, deliveries } = await webhookOfBot();
  await api.setWebhook(url);
  const person = emulator.person({ ...ana, started: true });
  const { message_id } = await api.sendMessage(ana.id, '¿Activar?', {
    reply_markup: {
      inline_keyboard: [[{ text: 'Sí', callback_data: 'yes' }], [{ text: 'Ver', url: 'https://a.example' }]],
    },
  });
  const { callbackQueryId, answered } = person.press(message_id, 'Sí');
  await emulator.drained();
  expect(deliveries[0]?.update.callback_query).toMatchObject({
    id: callbackQueryId,
    from: { id: 501, is_bot: false },
    message: { message_id, text: '¿Activar?' },
    chat_instance: expect.any(String),
    data: 'yes',
  });
  await api.answerCallbackQuery(callbackQueryId, { text: 'Hecho', show_alert: true });
  expect(await answered).toMatchObject({ text: 'Hecho', show_alert: true });
  const tooLate = '400 Bad Request: query is too old and response timeout expired or query ID is invalid';
  expect(await refusal(api.answerCallbackQuery(callbackQueryId))).toBe(tooLate);
  expect(() => person.press(message_id, 'Ver')).toThrow('does not call the bot');
  expect(() => person.press(message_id, 'No')).toThrow('its buttons: "Sí", "Ver"');
});

test('edits show in the chat, and what cannot be edited is refused', async () => {
  const { emulator, api } = await build();
  const person = emulator.person({ ...ana, started: true });
  const reply_markup = { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] };
  const { message_id } = await api.sendMessage(ana.id, 'uno', { reply_markup });
  await api.editMessageText(ana.id, message_id, '<b>dos</b>', { parse_mode: 'HTML', reply_markup });
  expect(person.chat).toMatchObject([{ text: 'dos', entities: [{ type: 'bold' }], reply_markup }]);
  expect(
    await refusal(api.editMessageText(ana.id, message_id, '*dos*', { parse_mode: 'MarkdownV2', reply_markup })),
  ).toBe(
    '400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same ' +
      'as a current content and reply markup of the message',
  );
  await api.editMessageReplyMarkup(ana.id, message_id, { reply_markup: { inline_keyboard: [] } });
  expect(person.chat[0]).not.toHaveProperty('reply_markup');
  expect(await refusal(api.editMessageText(ana.id, 999, 'x'))).toBe('400 Bad Request: message to edit not found');
  await api.deleteMessage(ana.id, message_id);
  expect(person.chat).toEqual([]);
  expect(await refusal(api.deleteMessage(ana.id, message_id))).toBe('400 Bad Request: message to delete not found');
});

test('a person edits a message, and the bot hears of it', async () => {
  const { emulator, api } = await build();
  const person = emulator.person(ana);
  person.send('una pizza');
  const updateId = person.edit(person.chat[0]?.message_id ?? 0, 'dos pizzas');
  expect((await api.getUpdates())[1]).toMatchObject({
    update_id: updateId,
    edited_message: { text: 'dos pizzas', edit_date: expect.any(Number) },
  });
});

test.for([
  ['HTML', '<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
  ['HTML', '<b>a</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ['HTML', 'ñ < b', 'Unsupported start tag "" at byte offset 3'],
  ['HTML', '<div>a</div>', 'Unsupported start tag "div" at byte offset 0'],
  ['HTML', 'a</b>', 'Unexpected end tag at byte offset 1'],
  ['HTML', '<a href="x', 'Unclosed start tag at byte offset 0'],
  ['MarkdownV2', 'Listo.', "Character '.' is reserved and must be escaped with the preceding '\\'"],
  ['MarkdownV2', '*a', "Can't find end of Bold entity at byte offset 0"],
  ['MarkdownV2', '[a](https://a.example', "Can't find end of a URL at byte offset 4"],
] as const)('%s that Telegram cannot parse is refused: %s', async ([parse_mode, text, reason]) => {
  const { emulator, api } = await build();
  emulator.person({ ...ana, started: true });
  expect(await refusal(api.sendMessage(ana.id, text, { parse_mode }))).toBe(
    `400 Bad Request: can't parse entities: ${reason}`,
  );
});

test.for([
  ['HTML', '👍 <b>a <i>b</i></b> &lt;&#241;&amp;x', '👍 a b <ñ&x', ['bold 3 3', 'italic 5 1']],
  ['HTML', '<pre><code class="language-ts">x()</code></pre>', 'x()', ['pre 0 3']],
  ['HTML', '  <a href="https://a.example/?a=1&amp;b">ver</a> ', 'ver', ['text_link 0 3']],
  [
    'MarkdownV2',
    '*a _b_* __c__ ~d~ ||e|| `f.g`',
    'a b c d e f.g',
    ['bold 0 3', 'italic 2 1', 'underline 4 1', 'strikethrough 6 1', 'spoiler 8 1', 'code 10 3'],
  ],
  [
    'MarkdownV2',
    '1\\. [ver](https://a.example/x_y)\n>uno\n>dos',
    '1. ver\nuno\ndos',
    ['text_link 3 3', 'blockquote 7 7'],
  ],
] as const)('%s becomes text and entities: %s', async ([parse_mode, markup, text, entities]) => {
  const { emulator, api } = await build();
  emulator.person({ ...ana, started: true });
  const message = await api.sendMessage(ana.id, markup, { parse_mode });
  expect(message.text).toBe(text);
  expect(message.entities?.map(({ type, offset, length }) => `${type} ${offset} ${length}`)).toEqual(entities);
});

test('texts, captions and buttons past their limits are refused', async () => {
  const { emulator, api } = await build();
  emulator.person({ ...ana, started: true });
  const button = (callback_data: string) => ({ reply_markup: { inline_keyboard: [[{ text: 'x', callback_data }]] } });
  const file = new InputFile(Buffer.from('x'), 'x.txt');
  await api.sendMessage(ana.id, `<b>${'x'.repeat(4096)}</b>`, { parse_mode: 'HTML' });
  await api.sendMessage(ana.id, 'x', button('ñ'.repeat(32)));
  expect(await refusal(api.sendMessage(ana.id, '👍'.repeat(4097)))).toBe('400 Bad Request: message is too long');
  expect(await refusal(api.sendMessage(ana.id, ' \n '))).toBe('400 Bad Request: message text is empty');
  expect(await refusal(api.sendMessage(ana.id, 'x', button('ñ'.repeat(33))))).toBe(
    '400 Bad Request: BUTTON_DATA_INVALID',
  );
  expect(await refusal(api.sendDocument(ana.id, file, { caption: 'x'.repeat(1025) }))).toBe(
    '400 Bad Request: message caption is too long',
  );
  const keyboard = { inline_keyboard: Array.from({ length: 101 }, () => [{ text: 'x', callback_data: 'x' }]) };
  expect(await refusal(api.sendMessage(ana.id, 'x', { reply_markup: keyboard }))).toBe(
    '400 Bad Request: reply markup is too long',
  );
  const photo = new InputFile(Buffer.alloc(10 * 1024 * 1024 + 1), 'big.jpg');
  expect(await refusal(api.sendPhoto(ana.id, photo))).toContain('too big for a photo');
});

test('chats that are unknown, that never wrote or that block the bot get nothing', async () => {
  const { emulator, api } = await build();
  expect(await refusal(api.sendMessage(1, 'x'))).toBe('400 Bad Request: chat not found');
  const person = emulator.person(ana);
  expect(await refusal(api.sendMessage(ana.id, 'x'))).toBe(
    "403 Forbidden: bot can't initiate conversation with a user",
  );
  person.send('/start');
  await api.sendMessage(ana.id, 'hola');
  emulator.blocked(ana.id, true);
  expect(await refusal(api.sendMessage(ana.id, 'x'))).toBe('403 Forbidden: bot was blocked by the user');
  emulator.blocked(ana.id, false);
  const statuses = (await api.getUpdates()).flatMap(
    ({ my_chat_member: change }) => change?.new_chat_member.status ?? [],
  );
  expect(statuses).toEqual(['kicked', 'member']);
});

test('a wrong token is 401, an unknown method 404, and a body that is no JSON 400', async () => {
  const { emulator } = await build();
  const { token } = emulator;
  expect(await raw(emulator, 'bot1:wrong/getMe')).toEqual({
    status: 401,
    body: { ok: false, error_code: 401, description: 'Unauthorized' },
  });
  expect(await raw(emulator, `bot${token}/noSuchMethod`)).toMatchObject({ status: 404 });
  const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' };
  expect(await raw(emulator, `bot${token}/getMe`, broken)).toMatchObject({ status: 400 });
});

test('a call may come by query, form or JSON, and reads the same in the ledger', async () => {
  const { emulator } = await build();
  emulator.person({ ...ana, started: true });
  const markup = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] };
  const text = { chat_id: '501', text: 'hola', disable_notification: 'true', reply_markup: JSON.stringify(markup) };
  const form = new FormData();
  for (const [name, value] of Object.entries(text)) form.set(name, value);
  const path = `bot${emulator.token}/sendmessage`;
  await raw(emulator, `${path}?${new URLSearchParams(text)}`);
  await raw(emulator, path, { method: 'POST', body: new URLSearchParams(text) });
  await raw(emulator, path, { method: 'POST', body: form });
  const json = { chat_id: 501, text: 'hola', disable_notification: true, reply_markup: markup };
  const headers = { 'content-type': 'application/json' };
  await raw(emulator, path, { method: 'POST', headers, body: JSON.stringify(json) });
  expect(emulator.calls.map(({ method, params, outcome }) => [method, params, outcome.ok])).toEqual(
    Array.from({ length: 4 }, () => ['sendMessage', json, true]),
  );
});

test('an error rule answers as told, so many times, to that chat alone', async () => {
  const { emulator, api } = await build();
  for (const profile of [ana, luis]) emulator.person({ ...profile, started: true });
  const description = 'Too Many Requests: retry after 3';
  emulator.fail({
    method: 'sendMessage',
    chatId: ana.id,
    times: 1,
    how: { kind: 'error', code: 429, description, retryAfter: 3 },
  });
  await api.sendMessage(luis.id, 'hola');
  const error = await api.sendMessage(ana.id, 'hola').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ error_code: 429, description, parameters: { retry_after: 3 } });
  await api.sendMessage(ana.id, 'hola');
});

test('reset cuts the connection before the message, reset_after behind it', async () => {
  const { emulator, api } = await build();
  const person = emulator.person({ ...ana, started: true });
  emulator.fail({ times: 1, how: { kind: 'reset' } });
  await expect(api.sendMessage(ana.id, 'perdido')).rejects.toThrow(HttpError);
  emulator.fail({ times: 1, how: { kind: 'reset_after' } });
  await expect(api.sendMessage(ana.id, 'sin respuesta')).rejects.toThrow(HttpError);
  expect(person.chat.map(({ text }) => text)).toEqual(['sin respuesta']);
  expect(emulator.calls.map(({ fault, outcome }) => [fault, outcome.ok])).toEqual([
    ['reset', false],
    ['reset_after', true],
  ]);
});

test('a hanging call ends when its rule is removed, and a delayed one is answered', async () => {
  const { emulator, api } = await build();
  emulator.person({ ...ana, started: true });
  const release = emulator.fail({ how: { kind: 'hang' } });
  const hanging = api.getMe();
  hanging.catch(() => undefined);
  await emulator.waitForCall(({ fault }) => fault === 'hang');
  release();
  await expect(hanging).rejects.toThrow(HttpError);
  emulator.fail({ times: 1, how: { kind: 'delay', ms: 5 } });
  expect(await api.sendMessage(ana.id, 'hola')).toMatchObject({ text: 'hola' });
});

test('a document goes up and comes down again, whole and in ranges', async () => {
  const { emulator, api } = await build();
  emulator.person({ ...ana, started: true });
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
  const message = await api.sendDocument(ana.id, new InputFile(bytes, 'cañón "1".bin'), { caption: 'Factura' });
  expect(message).toMatchObject({ caption: 'Factura', document: { file_name: 'cañón "1".bin', file_size: 1000 } });
  expect(emulator.calls[0]?.params).toMatchObject({
    chat_id: 501,
    document: { size: 1000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  const { file_path } = await api.getFile(message.document.file_id);
  const url = `${emulator.apiRoot}/file/bot${emulator.token}/${file_path}`;
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(bytes);
  const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/1000']);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
  const past = await fetch(url, { headers: { range: 'bytes=1000-' } });
  expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
  expect((await fetch(`${emulator.apiRoot}/file/bot1:wrong/${file_path}`)).status).toBe(401);
  await api.sendDocument(ana.id, message.document.file_id);
  expect(await refusal(api.sendPhoto(ana.id, message.document.file_id))).toContain("can't use file of type Document");
});

test('a photo by URL is fetched from this machine, and a URL that answers 404 is refused', async () => {
  const { emulator, api } = await build();
  const person = emulator.person({ ...ana, started: true });
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ', 'base64');
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/a.png' ? 200 : 404, { 'content-type': 'image/png' }).end(png);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await api.sendPhoto(ana.id, `${root}/a.png`);
  expect(person.chat[0]?.photo?.at(-1)).toMatchObject({ file_size: png.length, width: 1, height: 1 });
  const failed = '400 Bad Request: failed to get HTTP URL content';
  expect(await refusal(api.sendPhoto(ana.id, `${root}/b.png`))).toBe(failed);
});

test('commands, links and mentions in a text are found, a closing tag is no command', async () => {
  const { emulator } = await build();
  const person = emulator.person(ana);
  person.send('/start ABC, mira https://a.example/x y @ana_garcia </i> a/b');
  const found = person.chat[0]?.entities?.map(({ type, offset, length }) => `${type} ${offset} ${length}`);
  expect(found).toEqual(['bot_command 0 6', 'url 17 19', 'mention 39 11']);
});

test('a port in use is told in a sentence', async () => {
  const { emulator } = await build();
  const port = Number(new URL(emulator.apiRoot).port);
  await expect(startEmulator({ port })).rejects.toThrow(`can't listen on 127.0.0.1:${port}: choose another port`);
});

test('files, places and contacts of a person arrive as Telegram sends them', async () => {
  const { emulator, api } = await build();
  const person = emulator.person(ana);
  const bytes = Buffer.from('not really an image');
  person.sendPhoto({ bytes, caption: 'mira' });
  person.sendDocument({ bytes, name: 'factura.pdf', mimeType: 'application/pdf' });
  person.sendVoice({ bytes }, 3);
  person.sendLocation(40.4, -3.7);
  person.sendContact('+34600000000', 'Ana');
  const messages = (await api.getUpdates()).map(({ message }) => message);
  expect(messages).toMatchObject([
    { caption: 'mira', photo: [{ width: expect.any(Number) }, { file_id: expect.any(String) }] },
    { document: { file_name: 'factura.pdf', mime_type: 'application/pdf', file_size: bytes.length } },
    { voice: { duration: 3, mime_type: 'audio/ogg' } },
    { location: { latitude: 40.4, longitude: -3.7 } },
    { contact: { phone_number: '+34600000000', first_name: 'Ana' } },
  ]);
});

test('injected updates make their group known, and posted ones pass the queue by', async () => {
  const { emulator, api } = await build();
  const { url, deliveries } = await webhookOfBot();
  await api.setWebhook(url, { secret_token: 'right' });
  const chat = { id: -100500, type: 'supergroup', title: 'Sala' };
  const update_id = emulator.inject({ message: { message_id: 7, date: 1, chat, text: 'hola' } });
  await emulator.drained();
  await api.sendMessage(chat.id, 'hola, grupo');
  expect(await emulator.post({ update_id, message: {} })).toMatchObject({ status: 200, body: '{"ok":true}' });
  await emulator.deliverRaw('{"update_id":1}', { 'x-telegram-bot-api-secret-token': 'wrong' });
  expect(
    deliveries.map(({ update, headers }) => [update.update_id, headers['x-telegram-bot-api-secret-token']]),
  ).toEqual([
    [update_id, 'right'],
    [update_id, 'right'],
    [1, 'wrong'],
  ]);
});

test('waitForMessage hands out each answer once, or the one that matches', async () => {
  const { emulator, api } = await build();
  const person = emulator.person({ ...ana, started: true });
  await api.sendMessage(ana.id, 'uno');
  expect(await person.waitForMessage()).toMatchObject({ text: 'uno' });
  const next = person.waitForMessage();
  const { message_id } = await api.sendMessage(ana.id, 'dos');
  expect(await next).toMatchObject({ text: 'dos' });
  const edited = person.waitForMessage(({ text }) => text === 'tres');
  await api.editMessageText(ana.id, message_id, 'tres');
  expect(await edited).toMatchObject({ message_id, text: 'tres' });
  await expect(person.waitForMessage(undefined, 1)).rejects.toThrow('it holds: #1 ValleTPV: uno');
});

test('the chat page is served, and nothing in it comes from elsewhere', async () => {
  const { emulator } = await build();
  const page = await fetch(emulator.apiRoot);
  const html = await page.text();
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(html).toContain('<html lang="es">');
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  const linked = ['page.js', 'bubble.js', 'formatting.js', 'page.css'];
  const answers = await Promise.all(linked.map((name) => fetch(`${emulator.apiRoot}/${name}`)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('the page makes a person, writes in its name and sees the answer live', async () => {
  const { emulator, api } = await build();
  const post = (path: string, body: unknown) =>
    raw(emulator, `_emulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const created = await post('people', { first_name: 'Eva' });
  expect(created.status).toBe(201);
  const { id } = created.body as { id: number };
  const stream = await fetch(`${emulator.apiRoot}/_emulator/events?person=${id}`);
  const frames = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  onTestFinished(() => frames?.cancel());
  let heard = '';
  const hear = async (text: string) => {
    while (!heard.includes(text)) {
      const { value, done } = (await frames?.read()) ?? { done: true };
      if (done) throw new Error(`The stream ended before "${text}": ${heard}`);
      heard += value;
    }
  };
  expect((await post(`people/${id}/messages`, { text: '/start' })).status).toBe(201);
  await hear('/start');
  const reply_markup = { inline_keyboard: [[{ text: 'Sí', callback_data: 'yes' }]] };
  const { message_id } = await api.sendMessage(id, '<i>hola</i>', { reply_markup });
  await hear('<i>hola</i>');
  const pressed = await post(`people/${id}/press`, { message_id, button: 0 });
  const { callback_query_id } = pressed.body as { callback_query_id: string };
  await api.answerCallbackQuery(callback_query_id, { text: 'Vale' });
  await hear('Vale');
});

test('the page endpoints check what they get and who asks', async () => {
  const { emulator } = await build();
  emulator.person(ana);
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    raw(emulator, `_emulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  expect((await post('people', '{"first_name":""}')).status).toBe(400);
  expect((await post('people', '{')).status).toBe(400);
  expect((await post('people', '{"first_name":"x"}', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await post('people', '{"first_name":"x"}', { origin: 'http://evil.example' })).status).toBe(403);
  expect((await post('people/501/messages', '{"text":""}')).status).toBe(400);
  expect((await post('people/9/messages', '{"text":"x"}')).status).toBe(404);
  expect((await post('people/501/press', '{"message_id":1,"button":0}')).status).toBe(409);
});

test('a file that a page could run is handed out for saving alone', async () => {
  const { emulator } = await build();
  const person = emulator.person(ana);
  person.sendDocument({ bytes: Buffer.from('<script>1</script>'), name: 'x.html', mimeType: 'text/html' });
  const fileId = person.chat[0]?.document?.file_id ?? '';
  const { headers } = await fetch(`${emulator.apiRoot}/_emulator/files/${fileId}`);
  expect(headers.get('content-type')).toBe('application/octet-stream');
  expect(headers.get('content-disposition')).toContain('attachment');
});

test('close ends hanging calls, open streams, polls and waits', async () => {
  const { emulator, api } = await build();
  const person = emulator.person(ana);
  emulator.fail({ method: 'getMe', how: { kind: 'hang' } });
  const ends = [
    api.getMe(),
    person.waitForMessage(),
    emulator.waitForCall(({ method }) => method === 'never'),
    fetch(`${emulator.apiRoot}/_emulator/events`).then((response) => response.text()),
  ].map((end) => end.then(() => 'ended').catch(() => 'ended'));
  await emulator.waitForCall(({ fault }) => fault === 'hang');
  await emulator.close();
  expect(await Promise.all(ends)).toEqual(['ended', 'ended', 'ended', 'ended']);
});
