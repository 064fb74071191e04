import { expect, test } from 'vitest';
import { refusal, webhookOfBot } from '../../support/bot.ts';
import { emulatorOnClock, holds } from '../../support/facts.ts';

const ana = { id: 501, first_name: 'Ana', started: true };
const HOUR_MS = 3_600_000;

/** The kinds of the updates that arrived. */
function kinds(deliveries: readonly { update: object }[]): string[] {
  return deliveries.map(({ update }) => Object.keys(update).find((key) => key !== 'update_id') ?? '');
}

/** An answer that comes when the test says so. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

test('success is any 2xx, and every other status is a failure alike', async () => {
  const { emulator, api, tried } = await emulatorOnClock();
  let status = 0;
  const { url } = await webhookOfBot(() => ({ status }));
  await api.setWebhook(url);
  const outcomes: boolean[] = [];
  let count = 0;
  for (status of [200, 201, 204, 299]) {
    emulator.person(ana).send('hola');
    outcomes.push((await tried(++count)).delivered);
  }
  for (status of [301, 400, 404, 500, 503]) {
    emulator.person({ id: status, first_name: 'Eva' }).send('hola');
    outcomes.push((await tried(++count)).delivered);
    // The first retry comes at once.
    await tried(++count);
  }
  expect(outcomes).toEqual([true, true, true, true, false, false, false, false, false]);
});

test('a refused update comes again at once, then after 2, 4 … 64 s, then after 60 to 120 s', async () => {
  const { emulator, api, clock, tried } = await emulatorOnClock();
  const { url } = await webhookOfBot(() => ({ status: 503 }));
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  const waits: (number | undefined)[] = [];
  for (let count = 1; count <= 9; count++) {
    const { retryInMs } = await tried(count);
    waits.push(retryInMs);
    await clock.advance(retryInMs ?? 0);
  }
  expect(waits).toEqual([0, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 90_000, 90_000]);
});

test('an integer Retry-After up to an hour replaces the wait, and an HTTP date counts as none', async () => {
  const { emulator, api, clock, tried } = await emulatorOnClock();
  const headers = ['7', '9999', 'Fri, 28 Nov 2031 00:00:00 GMT', '0'];
  const { url } = await webhookOfBot(() => ({ status: 503, headers: { 'retry-after': headers.shift() ?? '' } }));
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  const waits: (number | undefined)[] = [];
  for (let count = 1; count <= 4; count++) {
    const { retryInMs } = await tried(count);
    waits.push(retryInMs);
    await clock.advance(retryInMs ?? 0);
  }
  expect(waits).toEqual([7_000, 3_600_000, 4_000, 8_000]);
});

test('a message waits for a day, a press for 150 s', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  const person = emulator.person(ana);
  const markup = { inline_keyboard: [[{ text: 'Sí', callback_data: 'yes' }]] };
  const { message_id } = await api.sendMessage(ana.id, '¿Activar?', { reply_markup: markup });
  person.send('hola');
  person.press(message_id, 'Sí');
  await clock.jump(149_999);
  expect(emulator.pendingUpdates()).toBe(2);
  await clock.jump(1);
  expect(kinds((await api.getUpdates()).map((update) => ({ update })))).toEqual(['message']);
  await clock.jump(24 * HOUR_MS);
  expect(await api.getUpdates()).toEqual([]);
});

test('a webhook that refuses for so long is not asked again after an update has expired', async () => {
  const { emulator, api, clock, tried } = await emulatorOnClock();
  const { url } = await webhookOfBot(() => ({ status: 500, headers: { 'retry-after': '3600' } }));
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  for (let count = 1; count <= 23; count++) {
    expect((await tried(count)).retryInMs).toBe(HOUR_MS);
    await clock.jump(HOUR_MS);
  }
  expect((await tried(24)).retryInMs).toBeUndefined();
  expect(emulator.pendingUpdates()).toBe(0);
});

test('messages and edits of a chat wait for each other; presses and memberships go beside them', async () => {
  const { emulator, api, tried } = await emulatorOnClock();
  const { opened, open } = gate();
  const { url, deliveries } = await webhookOfBot(async ({ update }) => {
    if ('message' in update && JSON.stringify(update).includes('espera')) await opened;
    return { status: 200 };
  });
  await api.setWebhook(url);
  const person = emulator.person(ana);
  const markup = { inline_keyboard: [[{ text: 'Sí', callback_data: 'yes' }]] };
  const { message_id } = await api.sendMessage(ana.id, '¿Activar?', { reply_markup: markup });
  person.send('primero');
  // More than one connection is allowed once one update was taken.
  await tried(1);
  person.send('espera');
  const last = person.chat.at(-1)?.message_id ?? 0;
  person.edit(last, 'cambiado');
  person.press(message_id, 'Sí');
  person.block(true);
  await tried(3);
  // The one that waits for its answer came over a connection of its own.
  await holds(
    () => deliveries.length >= 4,
    () => `${deliveries.length} of 4 arrived`,
  );
  expect(kinds(deliveries).toSorted()).toEqual(['callback_query', 'message', 'message', 'my_chat_member']);
  open();
  await tried(5);
  expect(kinds(deliveries).at(-1)).toBe('edited_message');
});

test('after 10 s without a success one connection is open, one more every 2 s, and all after the first', async () => {
  const { emulator, api, clock, tried } = await emulatorOnClock();
  const { opened, open } = gate();
  let isHeld = false;
  const { url, deliveries } = await webhookOfBot(async () => {
    if (isHeld) await opened;
    return { status: 200 };
  });
  await api.setWebhook(url, { max_connections: 4 });
  emulator.person(ana).send('hola');
  await tried(1);
  await clock.advance(10_001);
  isHeld = true;
  for (let id = 1; id <= 6; id++) emulator.person({ id, first_name: 'Eva' }).send('hola');
  const arrived = (count: number) =>
    holds(
      () => deliveries.length >= count,
      () => `${deliveries.length} of ${count} arrived`,
    );
  await arrived(2);
  await clock.advance(1_999);
  expect(deliveries).toHaveLength(2);
  await clock.advance(1);
  await arrived(3);
  isHeld = false;
  open();
  await tried(7);
  expect(deliveries).toHaveLength(7);
});

test('twice as many lanes are loaded as connections: where all of them fail, the others are not tried', async () => {
  const { emulator, api, tried, clock } = await emulatorOnClock();
  let isFailing = true;
  const { url, deliveries } = await webhookOfBot(() => ({ status: isFailing ? 500 : 200 }));
  await api.setWebhook(url, { max_connections: 2 });
  for (let id = 1; id <= 5; id++) emulator.person({ id, first_name: 'Eva' }).send('hola');
  // Each of the four at first, at once, and after 2 s.
  await tried(8);
  await clock.advance(2_000);
  await tried(12);
  const chats = () => new Set(deliveries.map(({ update }) => JSON.stringify(update).match(/"chat":{"id":(\d)/)?.[1]));
  expect([...chats()].toSorted()).toEqual(['1', '2', '3', '4']);
  isFailing = false;
  await clock.advance(4_000);
  await tried(17);
  expect(emulator.pendingUpdates()).toBe(0);
});

test('the last error stays after a success, and after a setWebhook that changes nothing', async () => {
  const { emulator, api, tried } = await emulatorOnClock();
  const answers = [500, 200];
  const { url } = await webhookOfBot(() => ({ status: answers.shift() ?? 200 }));
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  await tried(2);
  await api.setWebhook(url);
  expect(await api.getWebhookInfo()).toMatchObject({
    pending_update_count: 0,
    last_error_date: expect.any(Number),
    last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
  });
});

test('setWebhook closes the former webhook first: where the new one is refused, there is none', async () => {
  const { api } = await emulatorOnClock();
  const refused = [
    ['https://hub.example:8100/', 'Webhook can be set up only on ports 80, 88, 443 or 8443'],
    ['http://hub.example/', 'An HTTPS URL must be provided for webhook'],
    ['https://[2001:db8::1]/', 'IPv6-only addresses are not allowed'],
    ['https://hub.invalid/', 'Failed to resolve host: Name or service not known'],
  ] as const;
  for (const [url, why] of refused) {
    await api.setWebhook('https://hub.example/');
    expect(await refusal(api.setWebhook(url))).toBe(`400 Bad Request: bad webhook: ${why}`);
    expect(await api.getWebhookInfo()).toMatchObject({ url: '' });
  }
  await api.setWebhook('https://hub.example/');
  expect(await refusal(api.setWebhook('https://hub.example/', { secret_token: 'ñ' }))).toContain(
    'unallowed characters',
  );
  expect(await api.getWebhookInfo()).toMatchObject({ url: 'https://hub.example/' });
});

test('a delivery that is not answered within 60 s has failed', async () => {
  const { emulator, api, clock, tried } = await emulatorOnClock();
  const { opened, open } = gate();
  const { url, deliveries } = await webhookOfBot(() => opened.then(() => ({ status: 200 })));
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  await holds(
    () => deliveries.length === 1,
    () => 'Nothing arrived',
  );
  await clock.advance(59_999);
  expect(emulator.pendingUpdates()).toBe(1);
  await clock.advance(1);
  expect(await tried(1)).toMatchObject({ delivered: false, error: 'Read timeout expired', retryInMs: 0 });
  open();
});

test('410 for 23 hours removes the webhook', async () => {
  const { emulator, api, clock, tried } = await emulatorOnClock();
  const { url } = await webhookOfBot(() => ({ status: 410, headers: { 'retry-after': '3600' } }));
  await api.setWebhook(url);
  emulator.person(ana).send('hola');
  await tried(1);
  await clock.jump(HOUR_MS / 2);
  emulator.person({ id: 502, first_name: 'Luis' }).send('hola');
  // Both at first, and then each after an hour.
  for (let hours = 0; hours < 23; hours++) {
    await tried(2 * (hours + 1));
    await clock.jump(HOUR_MS);
  }
  await holds(
    () => emulator.webhook === undefined,
    () => 'The webhook is still set',
  );
  expect(await api.getWebhookInfo()).toMatchObject({ url: '', pending_update_count: 2 });
});

test('a delivery is JSON over a kept connection, and takes a compressed answer', async () => {
  const { emulator, api, tried } = await emulatorOnClock();
  const { url, deliveries } = await webhookOfBot();
  await api.setWebhook(url);
  for (const count of [1, 2]) {
    emulator.person(ana).send('hola');
    await tried(count);
  }
  expect(deliveries[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    connection: 'keep-alive',
    'accept-encoding': 'gzip, deflate',
  });
  expect(new Set(deliveries.map(({ port }) => port)).size).toBe(1);
});
