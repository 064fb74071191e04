import { describe, expect, test } from 'vitest';
import { DIALECTS } from '../support/hub.ts';
import { type PushingHub, startPushing } from '../support/push.ts';

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

  test('keeps both where nobody knows which the person sees', async () => {
    const hub = await startPushing({ database });
    const message = await sentMessage(hub, { text: 'Hola', buttons: BUTTONS });
    hub.emulator.fail({ method: 'editMessageReplyMarkup', times: 1, how: { kind: 'reset_after' } });
    expect((await message.patch({ buttons: [[{ text: 'No', action: 'no' }]] })).status).toBe(503);
    expect(await tokens(hub)).toHaveLength(2);
    expect(await tokens(hub)).toContain(dataOf(message.shown())?.[0]);
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
  ['an unknown field', { text: 'x', nombre: 'y' }, 400],
  ['a button that calls a stranger', { buttons: [[{ text: 'a', callback_url: 'http://169.254.169.254/' }]] }, 400],
])('a change to %s is refused before Telegram is asked', async (_name, json, status) => {
  const hub = await startPushing();
  const message = await sentMessage(hub);
  expect(await message.patch(json)).toMatchObject({ status, body: { code: 'invalid_request' } });
  expect(hub.calls()).toHaveLength(1);
});

test('a place has no text that could be changed', async () => {
  const hub = await startPushing();
  const message = await sentMessage(hub, { message_type: 'location', data: { latitude: 1, longitude: 1 } });
  expect(await message.patch({ text: 'x' })).toMatchObject({ status: 400, body: { details: [{ path: 'text' }] } });
  expect((await message.patch({ buttons: BUTTONS })).status).toBe(200);
});

test.each([
  ['limited', { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 7 } as const, 429, '7'],
  ['cut', { kind: 'reset' } as const, 503, '5'],
])('a change that is %s says when to try again', async (_name, how, status, retryAfter) => {
  const hub = await startPushing();
  const message = await sentMessage(hub);
  hub.emulator.fail({ method: 'editMessageText', times: 1, how });
  const answer = await message.patch({ text: 'x' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
});
