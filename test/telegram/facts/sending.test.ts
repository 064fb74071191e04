import { HttpError } from 'grammy';
import { expect, test } from 'vitest';
import type { Emulator } from '../../../demo/emulator/mod.ts';
import { refusal } from '../../support/bot.ts';
import { emulatorOnClock, holds } from '../../support/facts.ts';
import { tpvServer } from '../../support/tpv-server.ts';

const ana = { id: 501, first_name: 'Ana', started: true };
const luis = { id: 502, first_name: 'Luis', started: true };

/** Waits until so many calls are kept without an answer. */
const held = (emulator: Emulator, count: number) =>
  holds(
    () => emulator.held === count,
    () => `${emulator.held} calls are held, not ${count},`,
  );

test('an answer may take 8 s, and one chat’s calls wait behind each other', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  const [person, other] = [emulator.person(ana), emulator.person(luis)];
  emulator.fail({ chatId: ana.id, times: 1, how: { kind: 'delay', ms: 8_000 } });
  const first = api.sendMessage(ana.id, 'uno');
  await held(emulator, 1);
  const second = api.sendMessage(ana.id, 'dos');
  await api.sendMessage(luis.id, 'otro');
  await held(emulator, 2);
  await clock.advance(7_999);
  expect([person.chat.length, other.chat.length]).toEqual([0, 1]);
  await clock.advance(1);
  await Promise.all([first, second]);
  expect(person.chat.map(({ text }) => text)).toEqual(['uno', 'dos']);
});

test('a call that ends in 500, 502, a cut or silence may have taken effect, and the ledger knows', async () => {
  const { emulator, api } = await emulatorOnClock();
  const person = emulator.person(ana);
  const failed = { code: 500, description: 'Internal Server Error: restart' };
  const gateway = { code: 502, description: 'Bad Gateway', html: true } as const;
  const faults = [
    { kind: 'error', ...failed },
    { kind: 'error', ...gateway },
    { kind: 'reset' },
    { kind: 'hang' },
    { kind: 'error_after', ...failed },
    { kind: 'error_after', ...gateway },
    { kind: 'reset_after' },
    { kind: 'hang_after' },
  ] as const;
  for (const how of faults) {
    const mend = emulator.fail({ times: 1, how });
    const call = api.sendMessage(ana.id, how.kind);
    call.catch(() => {});
    const count = emulator.calls.length + 1;
    await holds(
      () => emulator.calls.length === count,
      () => `The call with ${how.kind} did not end`,
    );
    mend();
    await expect(call).rejects.toThrow();
  }
  expect(person.chat.map(({ text }) => text)).toEqual(['error_after', 'error_after', 'reset_after', 'hang_after']);
  const told = emulator.calls.map(({ tookEffectAt, answeredAt }) => [tookEffectAt, answeredAt].map(Number.isFinite));
  const [nothing, answer, effect] = [
    [false, false],
    [false, true],
    [true, false],
  ];
  expect(told).toEqual([answer, answer, nothing, nothing, effect, effect, effect, effect]);
});

test('a gateway’s answer is a page for people', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.fail({ how: { kind: 'error', code: 502, description: 'Bad Gateway', html: true } });
  await expect(api.getMe()).rejects.toThrow(HttpError);
  const answer = await fetch(`${emulator.apiRoot}/bot${emulator.token}/getMe`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
  expect(await answer.text()).toContain('<h1>502 Bad Gateway</h1>');
});

test('a chat takes one message a second after a short burst; edits share that, answers to presses do not', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  const person = emulator.person(ana);
  emulator.person(luis);
  const markup = { inline_keyboard: [[{ text: 'Sí', callback_data: 'yes' }]] };
  const { message_id } = await api.sendMessage(ana.id, '¿Activar?', { reply_markup: markup });
  const { callbackQueryId } = person.press(message_id, 'Sí');
  for (let i = 2; i <= 6; i++) await api.editMessageText(ana.id, message_id, `${i}`, { reply_markup: markup });
  const seventh = api.editMessageText(ana.id, message_id, '7');
  await held(emulator, 1);
  await api.answerCallbackQuery(callbackQueryId);
  await api.sendMessage(luis.id, 'otro chat');
  const eighth = api.sendMessage(ana.id, '8');
  await held(emulator, 2);
  await clock.advance(1_000);
  await seventh;
  await held(emulator, 1);
  await clock.advance(1_000);
  await eighth;
  const floods = emulator.calls.filter(({ floodMs }) => floodMs !== undefined);
  expect(floods.map(({ params, floodMs }) => [params.text, floodMs])).toEqual([
    ['7', 1_000],
    ['8', 1_000],
  ]);
});

test('a flood of up to 8 s costs time; one that lasts longer is 429 at once, of edits too', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  emulator.person(ana);
  const { message_id } = await api.sendMessage(ana.id, 'uno');
  emulator.limit(ana.id, 7);
  const edit = api.editMessageText(ana.id, message_id, 'dos');
  await held(emulator, 1);
  await clock.advance(7_999);
  expect(emulator.held).toBe(1);
  await clock.advance(1);
  expect(await edit).toMatchObject({ text: 'dos' });
  emulator.limit(ana.id, 8);
  const limited = '429 Too Many Requests: retry after';
  expect(await refusal(api.editMessageText(ana.id, message_id, 'tres'))).toBe(`${limited} 9`);
  expect(await refusal(api.sendMessage(ana.id, 'tres'))).toBe(`${limited} 10`);
  await clock.advance(10_000);
  expect(await api.sendMessage(ana.id, 'tres')).toMatchObject({ text: 'tres' });
});

test('asking while one was told to wait prolongs the wait', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  emulator.person(ana);
  emulator.limit(ana.id, 20);
  await clock.advance(1_000);
  expect(await refusal(api.sendMessage(ana.id, 'x'))).toBe('429 Too Many Requests: retry after 20');
  await clock.advance(9_500);
  expect(await refusal(api.sendMessage(ana.id, 'x'))).toBe('429 Too Many Requests: retry after 12');
  await clock.advance(11_500);
  expect(await api.sendMessage(ana.id, 'x')).toMatchObject({ text: 'x' });
});

test('the server waits out 8 s in all: a call that meets one flood after another hears of the last', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  emulator.person(ana);
  emulator.limit(ana.id, 4);
  const call = refusal(api.sendMessage(ana.id, 'x'));
  await held(emulator, 1);
  emulator.limit(ana.id, 8);
  await clock.advance(5_000);
  expect(await call).toBe('429 Too Many Requests: retry after 4');
});

test('the whole bot sends 30 a second, and may be told to wait as a whole', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  for (let id = 1; id <= 31; id++) emulator.person({ id, first_name: 'Eva', started: true });
  for (let id = 1; id <= 30; id++) await api.sendMessage(id, 'x');
  const last = api.sendMessage(31, 'x');
  await held(emulator, 1);
  await clock.advance(1_000);
  await last;
  emulator.limit(undefined, 30);
  for (const id of [1, 2]) expect(await refusal(api.sendMessage(id, 'x'))).toContain('429');
  await clock.advance(32_000);
  await api.sendMessage(1, 'x');
});

test('a group takes 20 a minute', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  const chat = { id: -100500, type: 'supergroup', title: 'Sala' };
  emulator.inject({ message: { message_id: 7, date: 1, chat, text: 'hola' } });
  for (let i = 0; i < 20; i++) await api.sendMessage(chat.id, 'x');
  const next = api.sendMessage(chat.id, 'x');
  await held(emulator, 1);
  await clock.advance(3_000);
  await next;
});

test('what is refused for another reason counts for no limit', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana);
  for (let i = 0; i < 10; i++) expect(await refusal(api.sendMessage(ana.id, ''))).toContain('400');
  for (let i = 0; i < 6; i++) await api.sendMessage(ana.id, 'x');
  expect(emulator.calls.filter(({ floodMs }) => floodMs !== undefined)).toEqual([]);
});

test('4096 and 1024 code points are taken after parsing, and 32,768 bytes before it', async () => {
  const { emulator, api } = await emulatorOnClock({ limits: false });
  emulator.person(ana);
  const html = { parse_mode: 'HTML' } as const;
  await api.sendMessage(ana.id, '👍'.repeat(4_096));
  await api.sendMessage(ana.id, `<b>${'x'.repeat(4_096)}</b>`, html);
  const tooLong = '400 Bad Request: message is too long';
  expect(await refusal(api.sendMessage(ana.id, '👍'.repeat(4_097)))).toBe(tooLong);
  expect(await refusal(api.sendMessage(ana.id, `x${'<b></b>'.repeat(5_000)}`, html))).toBe(tooLong);
  await api.sendPhoto(ana.id, 'https://a.example/a.png', { caption: '👍'.repeat(1_024) });
  expect(await refusal(api.sendPhoto(ana.id, 'https://a.example/a.png', { caption: 'x'.repeat(1_025) }))).toBe(
    '400 Bad Request: message caption is too long',
  );
});

test('the URL of a button needs a host with a dot', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana);
  const button = (url: string) => ({ reply_markup: { inline_keyboard: [[{ text: 'Ver', url }]] } });
  for (const url of ['https://a.example/x', 'a.example', 'tg://user?id=1'])
    await api.sendMessage(ana.id, 'x', button(url));
  for (const url of ['http://localhost/', 'https://caja:8000/', 'ftp://a.example/']) {
    expect(await refusal(api.sendMessage(ana.id, 'x', button(url)))).toBe(
      `400 Bad Request: inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`,
    );
  }
});

test('deleting ends after 48 hours', async () => {
  const { emulator, api, clock } = await emulatorOnClock();
  emulator.person(ana);
  const ids = [(await api.sendMessage(ana.id, 'a')).message_id, (await api.sendMessage(ana.id, 'b')).message_id];
  await clock.jump(48 * 3_600_000);
  await api.deleteMessage(ana.id, ids[0] ?? 0);
  await clock.jump(1_000);
  expect(await refusal(api.deleteMessage(ana.id, ids[1] ?? 0))).toBe("400 Bad Request: message can't be deleted");
});

test('while Telegram is off, it answers 503 and delivers nothing', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.off(true);
  await expect(api.getMe()).rejects.toThrow(HttpError);
  emulator.off(false);
  expect(await api.getMe()).toMatchObject({ is_bot: true });
});

test('from a URL come photos of up to 5 MB, and GIF, PDF and ZIP of up to 20 MB', async () => {
  const { emulator, api } = await emulatorOnClock();
  emulator.person(ana);
  const server = await tpvServer(({ path }, response) => {
    const [, type = '', megabytes = '0'] = path.split(/[./]/);
    response.writeHead(200, { 'content-type': type === 'png' ? 'image/png' : `application/${type}` });
    response.end(Buffer.alloc(Number(megabytes) * 1024 * 1024 + 1));
    return undefined;
  });
  const document = (name: string) => refusal(api.sendDocument(ana.id, `${server.origin}/${name}`));
  const photo = (name: string) => refusal(api.sendPhoto(ana.id, `${server.origin}/${name}`));
  for (const taken of [document('pdf.19'), document('zip.0'), photo('png.4')]) {
    expect(await taken).toBe('Error: The call was taken.');
  }
  for (const large of [document('pdf.20'), photo('png.5')]) {
    expect(await large).toBe('400 Bad Request: failed to get HTTP URL content');
  }
  for (const other of [document('json.0'), photo('pdf.0'), document('png.0')]) {
    expect(await other).toBe('400 Bad Request: wrong type of the web page content');
  }
});
