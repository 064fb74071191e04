import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ButtonScene, buttonScene, EXPIRED } from '../support/buttons.ts';
import { cli, cliJson } from '../support/cli.ts';
import { djangoTime } from '../support/django.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase } from '../support/hub.ts';
import { tpvServer } from '../support/tpv-server.ts';

const DAY_MS = 86_400_000;
const UNO = 555_001;
const DOS = 555_002;
const ELSEWHERE = 'https://dos.tpv.example';

/** The database of the service that only sent notifications: tokens that are open, used, expired, without a message. */
function notificationsOf(origin: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'notifications-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'db.sqlite3');
  const db = new SqliteDatabase(file);
  db.exec(`create table webhook_token_callbacks (token varchar(100) primary key, callback_url varchar(200) not null,
    empresa varchar(100) not null, accion varchar(50) not null, telegram_user_id bigint not null,
    telegram_message_id bigint, uid_dispositivo varchar(255) not null, metadata text not null, expira_en datetime not null,
    created_at datetime not null, usada bool not null, usada_en datetime)`);
  const [now, yesterday, lastWeek] = [0, 1, 8].map((days) => djangoTime(Date.now() - days * DAY_MS));
  const mesa = `${origin}/api/mesas/mesa_action`;
  const insert = db.prepare('insert into webhook_token_callbacks values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const original = '{"mensaje_original": "Mesa 4: <b>borrado</b>"}';
  const later = '2030-01-01 00:00:00';
  for (const row of [
    ['tok-open-1', mesa, 'Bar Uno', '', UNO, 10, 'LINEAS:1:2,3', original, later, now, 0, null],
    ['tok-open-2', `${ELSEWHERE}/action`, 'Bar Dos', '', DOS, 11, 'abc-1', '{}', later, now, 0, null],
    ['tok-used', mesa, 'Bar Uno', 'borrar', UNO, 12, 'MESA:7', '{}', later, yesterday, 1, yesterday],
    ['tok-expired', mesa, 'Bar Uno', '', 555_003, 13, 'abc-2', '{}', yesterday, lastWeek, 0, null],
    ['tok-no-message', mesa, 'Bar Uno', '', 555_004, null, 'MESA:9', '{}', later, now, 0, null],
    ['x'.repeat(80), mesa, 'Bar Uno', '', UNO, 14, '', '{}', later, now, 0, null],
    ['tok-ftp', 'ftp://x/', 'Bar Uno', '', UNO, 15, '', '{}', later, now, 0, null],
  ]) {
    insert.run(...row);
  }
  db.close();
  return file;
}

const run = (at: ButtonScene, file: string, ...more: string[]) =>
  cliJson(at.hub, ['import', 'django', '--database', file, ...more]);

/** A TPV whose server answers presses, and the older service's database, taken over. */
async function movedIn(answer: Parameters<typeof tpvServer>[0], database: DialectUnderTest = 'sqlite') {
  const server = await tpvServer(answer);
  const env = { CALLBACK_ALLOW_PRIVATE: 'true' };
  const at = await buttonScene({ databaseUrl: await freshDatabase(database), env });
  const { id, key } = await at.hub.tpv({ name: 'Bar Uno', endpoint_url: `${server.origin}/` });
  const file = notificationsOf(server.origin);
  await run(at, file, '--apply');
  const post = (path: string, json: object) =>
    at.hub.fetch(path, { method: 'POST', json, headers: { authorization: `Bearer ${key}` } });
  return { ...at, server, file, tpvId: id, post };
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a dry run says what comes over and writes nothing; what is written is written once', async () => {
    const server = await tpvServer(() => ({ success: true }));
    const at = await buttonScene({ databaseUrl: await freshDatabase(database) });
    await at.hub.tpv({ name: 'Bar Uno', endpoint_url: `${server.origin}/` });
    const file = notificationsOf(server.origin);
    const dry = await run(at, file);
    expect(dry).toMatchObject({
      applied: false,
      tpvs: { create: 0 },
      people: { create: 4, present: 0 },
      messages: { create: 1 },
      buttons: { create: 2, left_out: 5 },
    });
    expect(dry.problems).toEqual([
      'Button tok-ftp…: its URL is no http or https URL.',
      'Button xxxxxxxx…: Telegram can not hold its token.',
      `1 buttons call ${ELSEWHERE}, which is no TPV's: register that TPV, or name one with --callback-url "${ELSEWHERE}=<TPV>", and import again.`,
    ]);
    const people = () => at.hub.hub.db.read.selectFrom('telegram_users').select(['telegram_id', 'tpv_id']).execute();
    expect(await people()).toHaveLength(1);
    expect(await run(at, file, '--apply')).toMatchObject({
      applied: true,
      people: { create: 4 },
      buttons: { create: 2 },
    });
    expect(await people()).toHaveLength(5);
    expect(await run(at, file, '--apply')).toMatchObject({
      people: { create: 0, present: 4 },
      messages: { create: 0, present: 1 },
      buttons: { create: 0, present: 2 },
    });
    expect(await people()).toHaveLength(5);
  });

  test('a press calls the TPV with the pressed action; success is an alert, and stands below the message', async () => {
    const at = await movedIn(() => ({ success: true, mensaje: '✅ Borrado', new_text: '✅ <i>Hecho</i>' }), database);
    const press = { data: 'borrar|tok-open-1', messageId: 10, from: UNO };
    expect(await at.forge(press)).toMatchObject({ text: '✅ Borrado', show_alert: true });
    expect(at.server.calls).toMatchObject([
      {
        path: '/api/mesas/mesa_action',
        form: {
          token: 'tok-open-1',
          accion: 'borrar',
          telegram_user_id: String(UNO),
          uid_dispositivo: 'LINEAS:1:2,3',
          metadata: '{"mensaje_original":"Mesa 4: <b>borrado</b>"}',
        },
      },
    ]);
    const { params } = await at.hub.emulator.waitForCall(({ method }) => method === 'editMessageText');
    expect(params).toMatchObject({
      chat_id: UNO,
      message_id: 10,
      text: 'Mesa 4: <b>borrado</b>\n\n✅ <i>Hecho</i>',
      reply_markup: { inline_keyboard: [] },
    });
    // One token stood for all buttons of its message.
    await at.clock.advance(5_000);
    expect(await at.forge({ ...press, data: 'cancelar|tok-open-1' })).toMatchObject({ text: EXPIRED });
    expect(at.server.calls).toHaveLength(1);
  });
});

test('the TPV’s own 404 is what the person reads, and the button works on', async () => {
  let there = false;
  const at = await movedIn((_call, response) => {
    if (there) return { success: true };
    response.statusCode = 404;
    return { success: false, error: 'Mesa no encontrada' };
  });
  const press = { data: 'borrar|tok-open-1', messageId: 10, from: UNO };
  expect(await at.forge(press)).toMatchObject({ text: 'Mesa no encontrada', show_alert: true });
  there = true;
  await at.clock.advance(5_000);
  expect(await at.forge(press)).toMatchObject({ text: '✅ Hecho', show_alert: true });
});

test('used, expired, unknown and other people’s tokens call nobody', async () => {
  const at = await movedIn(() => ({ success: true }));
  for (const press of [
    { data: 'borrar|tok-used', messageId: 12, from: UNO },
    { data: 'borrar|tok-expired', messageId: 13, from: 555_003 },
    { data: 'borrar|tok-unknown', messageId: 10, from: UNO },
    { data: 'borrar|tok-open-1', messageId: 10, from: DOS },
    { data: 'borrar|tok-open-1', messageId: 99, from: UNO },
    { data: 'tok-open-1', messageId: 10, from: UNO },
  ]) {
    expect(await at.forge(press)).toMatchObject({ text: EXPIRED });
  }
  expect(at.server.calls).toEqual([]);
});

test('a token whose message is not known belongs to the first message that is pressed', async () => {
  const at = await movedIn(() => ({ success: false, error: 'No' }));
  const press = { data: 'abrir|tok-no-message', from: 555_004 };
  expect(await at.forge({ ...press, messageId: 70 })).toMatchObject({ text: 'No' });
  await at.clock.advance(5_000);
  expect(await at.forge({ ...press, messageId: 71 })).toMatchObject({ text: EXPIRED });
  expect(at.server.calls).toMatchObject([{ form: { accion: 'abrir', uid_dispositivo: 'MESA:9' } }]);
});

test('its TPV edits and deletes the messages of before, used ones too, and registers new ones', async () => {
  const at = await movedIn(() => ({ success: true }));
  // The messages that the older service sent are not in the emulator: what the hub asks of Telegram is looked at.
  at.hub.emulator.person({ id: UNO, first_name: 'Uno', started: true });
  for (const messageId of [10, 12]) {
    // By then the limit on messages lets the next two changes go.
    await at.clock.advance(1_000);
    const of = { telegram_user_id: UNO, message_id: messageId };
    await at.post('/api/edit_message/', { ...of, nuevo_texto: 'Mesa libre' });
    const asked = at.hub.emulator.calls.filter(({ params }) => params.message_id === messageId);
    expect(asked).toMatchObject([{ method: 'editMessageText', params: { text: 'Mesa libre' } }]);
    expect(await at.post('/api/delete_message/', of)).toMatchObject({ status: 200, body: { success: true } });
  }
  expect(await at.post('/api/edit_message/', { telegram_user_id: 1, message_id: 10, nuevo_texto: 'x' })).toMatchObject({
    status: 404,
    body: { success: false, code: 'not_found' },
  });
});

test('an origin is the TPV’s that is named, or that registers later and is imported then', async () => {
  const server = await tpvServer(() => ({ success: true }));
  const at = await buttonScene();
  const file = notificationsOf(server.origin);
  const buttons = () => at.hub.hub.db.read.selectFrom('buttons').select(['token', 'tpv_id']).orderBy('token').execute();
  expect(await run(at, file, '--apply')).toMatchObject({ people: { create: 4 }, buttons: { create: 0, left_out: 7 } });
  const { id } = await at.hub.tpv({ name: 'Bar Dos', endpoint_url: 'https://other.example/' });
  const named = await run(at, file, '--apply', '--callback-url', `${ELSEWHERE}=Bar Dos`);
  expect(named.problems[0]).toContain('CALLBACK_ALLOWED_ORIGINS');
  expect(await buttons()).toEqual([{ token: '|tok-open-2', tpv_id: id }]);
  const later = await at.hub.tpv({ endpoint_url: server.origin });
  await run(at, file, '--apply');
  expect((await buttons()).map((row) => row.tpv_id)).toEqual([later.id, later.id, id]);
  const args = ['import', 'django', '--database', file, '--callback-url', `${ELSEWHERE}=No Such Bar`];
  expect((await cli(at.hub, args)).stderr).toContain('There is no TPV "No Such Bar"');
});

test('a person whom the hub does not know is written to, and Telegram decides', async () => {
  const at = await movedIn(() => ({ success: true }));
  const register = (telegramUserId: number) =>
    at.post('/api/register_notification/', {
      token: 'tok-new',
      callback_url: `${at.server.origin}/api/mesas/mesa_action`,
      telegram_user_id: telegramUserId,
      mensaje: '¿Cobrar la mesa 4?',
      botones: [[{ text: 'Cobrar', callback_data: 'cobrar|tok-new' }]],
    });
  // She started the bot before the hub was there.
  const eva = at.hub.emulator.person({ id: 777, first_name: 'Eva', started: true });
  const taken = await register(777);
  expect(taken).toMatchObject({ status: 200, body: { success: true, message_id: expect.any(Number) } });
  expect(await eva.press(taken.body.message_id, 'Cobrar').answered).toMatchObject({
    text: '✅ Hecho',
    show_alert: true,
  });
  // So many messages at once are a second's share.
  await at.clock.advance(1_000);
  expect(await register(4_004)).toMatchObject({
    status: 404,
    body: { success: false, code: 'not_found', error: expect.stringContaining('/start') },
  });
  // What is wrong with the message is no fault of the person's.
  await at.clock.advance(1_000);
  const description = 'Bad Request: BUTTON_TEXT_INVALID';
  at.hub.emulator.fail({ method: 'sendMessage', times: 1, how: { kind: 'error', code: 400, description } });
  expect(await register(777_777)).toMatchObject({
    status: 502,
    body: { success: false, code: 'telegram_error', error: description },
  });
});

test('an answer comes within 8 seconds, while Telegram takes longer', async () => {
  const at = await movedIn(() => ({ success: true }));
  const mend = at.hub.emulator.fail({ method: 'sendMessage', how: { kind: 'hang' } });
  const waiting = at.post('/api/register_notification/', {
    token: 'tok-new',
    callback_url: `${at.server.origin}/x`,
    telegram_user_id: UNO,
    mensaje: 'Hola',
  });
  const statuses = () => at.hub.hub.db.read.selectFrom('push_messages').select('status').execute();
  await expect.poll(async () => (await statuses()).map(({ status }) => status)).toContain('sending');
  await at.clock.advance(7_500);
  expect(await waiting).toMatchObject({ status: 200, body: { success: true, message_id: null, pending: true } });
  mend();
});
