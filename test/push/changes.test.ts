import { describe, expect, test, vi } from 'vitest';
import { type TestClock, testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';
import { type PushingHub, startPushing } from '../support/push.ts';
import { shareOfTestMs } from '../support/within.ts';

/** Moves the clock until something is done, and lets what is real keep up with it. */
async function advancing(clock: TestClock, done: Promise<unknown>): Promise<void> {
  let going = true;
  done.finally(() => {
    going = false;
  });
  const step = async () => {
    await clock.advance(100);
    return !going;
  };
  await vi.waitUntil(step, { interval: 10, timeout: shareOfTestMs() });
}

const BUTTONS = [[{ text: 'Sí', action: 'yes' }], [{ text: 'Ver', url: 'https://tpv.example/' }]];

async function sentMessage(hub: PushingHub, fields: Record<string, unknown> = { text: 'Hola' }) {
  const { body } = await hub.send(fields);
  const path = `/api/tpv/push/${body.push_message_id}/`;
  return {
    id: body.push_message_id as string,
    number: body.telegram_message_id as number,
    patch: (json: object) => hub.one.fetch(path, { method: 'PATCH', json }),
    delete: () => hub.one.fetch(path, { method: 'DELETE' }),
    resend: () => hub.one.fetch(`${path}resend/`, { method: 'POST' }),
    state: () => hub.one.fetch(path),
    shown: () => hub.person.chat.find(({ message_id }) => message_id === body.telegram_message_id),
  };
}

const tokens = async ({ hub }: PushingHub) =>
  (await hub.db.read.selectFrom('buttons').select('token').execute()).map(({ token }) => token);
const dataOf = (message: ReturnType<Awaited<ReturnType<typeof sentMessage>>['shown']>) =>
  message?.reply_markup?.inline_keyboard.flat().flatMap(({ callback_data: data }) => data ?? []);

describe.each(DIALECTS)('a sent message on %s', (database) => {
  test('gets another text and keeps its buttons', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub, { text: 'Hola', buttons: BUTTONS });
    const before = message.shown()?.reply_markup;
    const { status, body } = await message.patch({ text: '<b>Adiós</b>' });
    expect([status, body]).toEqual([
      200,
      { status: 'sent', push_message_id: message.id, telegram_message_id: message.number },
    ]);
    expect(message.shown()).toMatchObject({ text: 'Adiós', entities: [{ type: 'bold' }], reply_markup: before });
    expect(await tokens(hub)).toEqual(dataOf(message.shown()));
  });

  test('loses its buttons where they are empty, and keeps its text', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub, { text: '<i>Hola</i>', buttons: BUTTONS });
    expect((await message.patch({ buttons: [] })).status).toBe(200);
    expect(message.shown()).toMatchObject({ text: 'Hola', entities: [{ type: 'italic' }] });
    expect(message.shown()?.reply_markup).toBeUndefined();
    expect(await tokens(hub)).toEqual([]);
    expect((await message.patch({ text: 'Adiós' })).status).toBe(200);
    expect(message.shown()?.reply_markup).toBeUndefined();
  });

  test('gets other buttons, and those from before are forgotten', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub, { text: 'Hola', buttons: BUTTONS });
    const [old] = await tokens(hub);
    expect((await message.patch({ buttons: [[{ text: 'No', action: 'no' }]] })).status).toBe(200);
    expect(message.shown()).toMatchObject({ text: 'Hola', reply_markup: { inline_keyboard: [[{ text: 'No' }]] } });
    const now = await tokens(hub);
    expect(now).toEqual(dataOf(message.shown()));
    expect(now).not.toContain(old);
  });

  test('keeps buttons that work where Telegram refuses others', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub, { text: 'Hola', buttons: BUTTONS });
    const before = await tokens(hub);
    hub.emulator.fail({
      method: 'editMessageReplyMarkup',
      times: 1,
      how: { kind: 'error', code: 400, description: 'Bad Request: BUTTON_URL_INVALID' },
    });
    const refused = await message.patch({ buttons: [[{ text: 'No', action: 'no' }]] });
    expect(refused).toMatchObject({ status: 502, body: { code: 'telegram_error', telegram_error_code: 400 } });
    expect(await tokens(hub)).toEqual(before);
    expect(dataOf(message.shown())).toEqual(before);
  });

  test('keeps both while it is unknown which the person sees, and then those of the change', async () => {
    const clock = testClock();
    const hub = await startPushing({ database, clock });
    const message = await sentMessage(hub, { text: 'Hola', buttons: BUTTONS });
    hub.emulator.fail({ method: 'editMessageReplyMarkup', times: 1, how: { kind: 'reset_after' } });
    const changed = message.patch({ buttons: [[{ text: 'No', action: 'no' }]] });
    await hub.emulator.waitForCall(({ fault }) => fault === 'reset_after');
    expect(await tokens(hub)).toHaveLength(2);
    expect(await tokens(hub)).toContain(dataOf(message.shown())?.[0]);
    const isDone = advancing(clock, changed);
    expect((await changed).status).toBe(200);
    await isDone;
    expect(await tokens(hub)).toEqual(dataOf(message.shown()));
  });

  test('is changed once Telegram can be reached again, after a restart too', async () => {
    const clock = testClock();
    const hub = await startPushing({ database, clock });
    const message = await sentMessage(hub, { text: 'Uno' });
    const mend = hub.emulator.fail({ how: { kind: 'error', code: 503, description: 'Service Unavailable' } });
    const changed = message.patch({ text: 'Dos' });
    await hub.emulator.waitForCall(({ method }) => method === 'editMessageText');
    const isDone = advancing(clock, changed);
    expect(await changed).toMatchObject({ status: 202, body: { status: 'sent', change_pending: true } });
    await isDone;
    expect((await message.state()).body).toMatchObject({ status: 'sent', change_pending: true });
    await hub.close();
    mend();
    const next = await startHub({ databaseUrl: hub.databaseUrl, emulator: hub.emulator, clock });
    await hub.person.waitForMessage(({ text }) => text === 'Dos');
    const state = () =>
      next.fetch(`/api/tpv/push/${message.id}/`, { headers: { authorization: `ApiKey ${hub.one.key}` } });
    await expect.poll(async () => (await state()).body).not.toHaveProperty('change_pending');
  });

  test('says why a change was not made that nobody waited for any more', async () => {
    const clock = testClock();
    const hub = await startPushing({ database, clock });
    const message = await sentMessage(hub, { text: 'Uno' });
    const gate = hub.emulator.fail({ method: 'editMessageText', how: { kind: 'hang' } });
    const changed = message.patch({ text: 'Dos' });
    await hub.emulator.waitForCall(({ method }) => method === 'editMessageText');
    const isDone = advancing(clock, changed);
    expect((await changed).status).toBe(202);
    await isDone;
    const how = { kind: 'error', code: 400, description: 'Bad Request: message can’t be edited' } as const;
    hub.emulator.fail({ method: 'editMessageText', how });
    gate();
    const note = async () => {
      await clock.advance(1_000);
      return (await message.state()).body;
    };
    await expect
      .poll(note)
      .toMatchObject({ status: 'sent', error_message: expect.stringContaining('can’t be edited') });
  });

  test('that is a photo gets another caption', async () => {
    const hub = await startPushing({ database });
    const data = { photo_url: 'https://tpv.example/a.png' };
    const message = await sentMessage(hub, { message_type: 'photo', data, text: 'Uno' });
    expect((await message.patch({ text: 'Dos', parse_mode: 'none' })).status).toBe(200);
    expect(message.shown()).toMatchObject({ caption: 'Dos', photo: [{}, {}] });
    expect((await message.patch({ text: 'a'.repeat(1_025) })).status).toBe(400);
  });

  test('gets text whose markup can’t be parsed as plain text, and says so until it is changed', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub);
    expect((await message.patch({ text: '<b>5 < 7' })).body).toMatchObject({ sent_as_plain_text: true });
    expect(message.shown()?.text).toBe('<b>5 < 7');
    expect((await message.state()).body).toMatchObject({ sent_as_plain_text: true });
    expect((await message.patch({ text: 'Bien', parse_mode: 'HTML' })).body).not.toHaveProperty('sent_as_plain_text');
    expect((await message.state()).body).not.toHaveProperty('sent_as_plain_text');
  });

  test('may be changed to what it is', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub);
    for (let i = 0; i < 2; i++) expect((await message.patch({ text: 'Igual' })).status).toBe(200);
  });

  test('is deleted, again too', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub);
    for (let i = 0; i < 2; i++) {
      expect(await message.delete()).toMatchObject({
        status: 200,
        body: { status: 'deleted', push_message_id: message.id },
      });
      expect(message.shown()).toBeUndefined();
    }
    expect(await message.patch({ text: 'Adiós' })).toMatchObject({ status: 502, body: { code: 'telegram_error' } });
  });

  test('is not sent again', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub);
    expect(await message.resend()).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
    expect(hub.calls()).toHaveLength(1);
  });

  test('whose fate is unknown is sent once more where its TPV says so', async () => {
    const hub = await startPushing({ database });
    hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'reset' } });
    const message = await sentMessage(hub);
    expect((await message.state()).body).toMatchObject({ status: 'unknown' });
    for (const change of [() => message.patch({ text: 'x' }), () => message.delete()]) {
      expect(await change()).toMatchObject({ status: 400, body: { details: [{ path: 'id' }] } });
    }
    expect(await message.resend()).toMatchObject({
      status: 202,
      body: { status: 'pending', push_message_id: message.id },
    });
    const { message_id: number } = await hub.person.waitForMessage();
    await expect
      .poll(() => message.state())
      .toMatchObject({
        body: { status: 'sent', push_message_id: message.id, telegram_message_id: number },
      });
    expect(hub.person.chat.filter(({ from }) => from?.is_bot)).toHaveLength(1);
    expect((await message.resend()).status).toBe(409);
  });

  test('that failed is sent once more where its TPV says so', async () => {
    const hub = await startPushing({ database });
    hub.emulator.fail({
      method: 'sendMessage',
      times: 1,
      how: { kind: 'error', code: 400, description: 'Bad Request: x' },
    });
    const message = await sentMessage(hub);
    expect((await message.resend()).status).toBe(202);
    await hub.person.waitForMessage();
    await expect.poll(async () => (await message.state()).body).toMatchObject({ status: 'sent' });
    expect((await message.state()).body).not.toHaveProperty('telegram_error_code');
  });
});

test.each<[string, object, number]>([
  ['nothing', {}, 400],
  ['an empty text', { text: '' }, 400],
  ['4097 characters', { text: 'a'.repeat(4_097) }, 400],
  ['101 buttons', { buttons: Array.from({ length: 101 }, () => [{ text: 'x', action: 'a' }]) }, 400],
  [
    'buttons of more than 10 KB',
    { buttons: Array.from({ length: 6 }, () => [{ text: 'a', url: `https://a.example/${'x'.repeat(1_900)}` }]) },
    400,
  ],
  ['an unknown field', { text: 'x', nombre: 'y' }, 400],
  ['a button that calls a stranger', { buttons: [[{ text: 'a', callback_url: 'http://169.254.169.254/' }]] }, 400],
])('a change to %s is refused before Telegram is asked', async (_name, json, status) => {
  const hub = await startPushing();
  const message = await sentMessage(hub);
  expect(await message.patch(json)).toMatchObject({ status, body: { code: 'invalid_request' } });
  expect(hub.calls()).toHaveLength(1);
});

test('a message that Telegram does not delete any more is said to be too old, and one that is not is only refused', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  const message = await sentMessage(hub);
  const how = { kind: 'error', code: 400, description: "Bad Request: message can't be deleted" } as const;
  hub.emulator.fail({ method: 'deleteMessage', how });
  const refused = async () => (await message.delete()).body.details.map(({ message }: { message: string }) => message);
  expect(await refused()).toEqual([how.description]);
  await clock.jump(48 * 3_600_000 + 1_000);
  expect(await refused()).toEqual([how.description, 'Telegram solo deja borrar mensajes de menos de 48 horas']);
});

test('a place has no text that could be changed', async () => {
  const hub = await startPushing();
  const message = await sentMessage(hub, { message_type: 'location', data: { latitude: 1, longitude: 1 } });
  expect(await message.patch({ text: 'x' })).toMatchObject({ status: 400, body: { details: [{ path: 'text' }] } });
  expect((await message.patch({ buttons: BUTTONS })).status).toBe(200);
});

test('a change that is limited is made once Telegram allows it', async () => {
  const clock = testClock();
  const hub = await startPushing({ clock });
  const message = await sentMessage(hub);
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 7 } as const;
  hub.emulator.fail({ method: 'editMessageText', times: 1, how });
  const changed = message.patch({ text: 'x' });
  await hub.emulator.waitForCall(({ method }) => method === 'editMessageText');
  const from = clock.now();
  await advancing(clock, changed);
  expect((await changed).status).toBe(200);
  expect(clock.now() - from).toBeGreaterThanOrEqual(7_000);
});

test('a change that is limited for longer than its caller waits is durable, and said so at once', async () => {
  const hub = await startPushing();
  const message = await sentMessage(hub);
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 30 } as const;
  hub.emulator.fail({ method: 'editMessageText', times: 1, how });
  expect(await message.patch({ text: 'x' })).toMatchObject({ status: 202, body: { change_pending: true } });
});
