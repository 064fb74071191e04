import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { timeOf, uuidOf } from '../../src/operations/import/django-values.ts';
import { cli, cliJson, cliProcess } from '../support/cli.ts';
import { type DjangoRows, djangoDatabase, djangoTime } from '../support/django.ts';
import { DIALECTS, fetchJson, freshDatabase, startHub } from '../support/hub.ts';
import { tpvServer } from '../support/tpv-server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ANA = 700_000_001;
const EVA = 9_007_199_254_740_059;

const BAR = '31a29934a13646f3929df6a3dff5fd5f';
const CAFE = '3acbb526e08b423fba1c3c481ea1458b';
const OLD = '852c85ca90714085b01c34048a8267f0';
const GONE = 'ffffffffffff4fffbfffffffffffffff';
const BAR_KEY = 'a-made-up-key-of-the-bar-0001';

/** An id of 32 digits, in the order of `n`. */
const id = (n: number) => `00000000000040008000${String(n).padStart(12, '0')}`;
const dashed = (n: number) => uuidOf(id(n));

/** All that the former service's tables were seen to hold, and what else their columns can. */
function oddRows(now: number): DjangoRows {
  const [ago, soon] = [djangoTime(now - HOUR_MS), djangoTime(now + HOUR_MS)];
  const tpv = (fields: object) => ({
    ...{ endpoint_url: 'https://tpv.example.com', is_active: true, max_users: 100, created_at: ago, updated_at: ago },
    ...{ last_heartbeat: null, version: '1.0.0', metadata: '{"zona": 0}', ...fields },
  });
  const person = (fields: object) => ({
    ...{ username: null, first_name: 'Ana', last_name: '', is_active: true, language_code: 'es', created_at: ago },
    ...{ updated_at: ago, last_interaction: ago, metadata: '{}', tpv_instance_id: BAR, ...fields },
  });
  const instruction = (n: number, fields: object) => ({
    ...{ id: id(n), command: 'process_message', payload: `{"chat_id": ${ANA}, "text": "Pedido ${n} \\ud83c\\udf55"}` },
    ...{ status: 'pending', priority: 5, created_at: djangoTime(now - HOUR_MS + n), sent_at: null, delivered_at: null },
    ...{ completed_at: null, expires_at: soon, response: null, error_message: '', retry_count: 0, max_retries: 3 },
    ...{ telegram_user_id: 1, tpv_instance_id: BAR, ...fields },
  });
  const message = (n: number, fields: object) => ({
    ...{
      id: id(n),
      message_type: 'text',
      text: 'Listo 🎉',
      data: '{}',
      status: 'sent',
      created_at: ago,
      sent_at: null,
    },
    ...{ telegram_message_id: n, error_message: '', retry_count: 0, max_retries: 3, telegram_user_id: 1 },
    ...{ tpv_instance_id: BAR, ...fields },
  });
  const button = (n: number, fields: object) => ({
    ...{ token: `tok-${n}`, uid_dispositivo: `uid-${n}`, telegram_message_id: 900 + n, telegram_user_id: ANA },
    ...{ accion: 'activate_device', empresa: 'Bar', usada: false, expirada: false, expira_en: soon, usada_en: null },
    ...{ created_at: ago, id: n, ...fields },
  });
  return {
    webhook_tpvinstance: [
      tpv({ id: BAR, name: 'Bar', api_key: BAR_KEY }),
      tpv({ id: CAFE, name: 'Café', api_key: 'short', max_users: 0, metadata: '[1]' }),
      tpv({
        id: OLD,
        name: 'Antiguo',
        api_key: 'a-made-up-key-of-the-old-one',
        is_active: false,
        endpoint_url: 'nowhere',
      }),
    ] as DjangoRows[string],
    webhook_telegramuser: [
      person({ id: 1, telegram_id: ANA, username: 'ana', last_name: 'Íñigo' }),
      person({ id: 2, telegram_id: EVA, first_name: '<b>Eva</b>', is_active: false }),
      person({ id: 3, telegram_id: 700_000_003, first_name: 'محمد', tpv_instance_id: OLD }),
      person({ id: 4, telegram_id: 700_000_004, tpv_instance_id: null }),
      person({ id: 5, telegram_id: 700_000_005, tpv_instance_id: GONE }),
      person({ id: 6, telegram_id: 9_007_199_254_740_993n }),
      person({ id: 7, telegram_id: -100_123 }),
    ] as DjangoRows[string],
    webhook_instruction: [
      instruction(1, {}),
      instruction(2, { priority: 1, expires_at: null }),
      instruction(3, { status: 'sent', sent_at: ago, retry_count: 2 }),
      instruction(4, { status: 'delivered', sent_at: ago, delivered_at: ago }),
      instruction(5, { status: 'processing', sent_at: ago, expires_at: '9999-12-31 23:59:59' }),
      instruction(6, { status: 'completed', response: '{"result": "ok"}' }),
      instruction(7, { status: 'failed', error_message: 'sin stock' }),
      instruction(8, { status: 'cancelled' }),
      instruction(9, { expires_at: ago }),
      instruction(10, { payload: '[1, 2]' }),
      instruction(11, { telegram_user_id: 99 }),
      instruction(12, { tpv_instance_id: GONE }),
    ] as DjangoRows[string],
    webhook_pushmessage: [
      message(21, {}),
      message(22, {
        status: 'pending',
        telegram_message_id: null,
        message_type: 'photo',
        data: '{"photo_url": "https://example.com/t.jpg"}',
      }),
      message(23, { status: 'pending', telegram_message_id: null, message_type: 'location' }),
      message(24, { status: 'failed', telegram_message_id: null, error_message: 'chat not found' }),
      message(25, { created_at: djangoTime(now - 8 * DAY_MS) }),
      message(26, { telegram_message_id: null }),
      message(27, { message_type: 'video' }),
    ] as DjangoRows[string],
    webhook_allowed_origins: [
      { id: 1, origin: 'https://panel.example.com', is_active: true },
      { id: 2, origin: 'https://slash.example.com/', is_active: true },
      { id: 3, origin: 'https://off.example.com', is_active: false },
      { id: 4, origin: '*', is_active: true },
    ].map((row) => ({ ...row, description: 'origen', created_at: ago, updated_at: ago })),
    webhook_telegram_autorizaciones: [
      button(1, {}),
      button(2, { usada: true }),
      button(3, { expirada: true }),
      button(4, { expira_en: ago }),
      button(5, { empresa: 'Nadie' }),
      button(6, { token: 'x'.repeat(60) }),
    ] as DjangoRows[string],
  };
}

const CALLBACK = ['--callback-url', 'Bar=https://tpv.example.com/api/dispositivo/action'];

async function migrated(databaseUrl: string): Promise<Database> {
  const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  await migrate(db);
  return db;
}

async function contentOf(db: Database) {
  return {
    tpvs: await db.read.selectFrom('tpv_instances').selectAll().orderBy('id').execute(),
    keys: await db.read.selectFrom('api_keys').select(['tpv_id', 'prefix']).orderBy('prefix').execute(),
    people: await db.read.selectFrom('telegram_users').selectAll().orderBy('telegram_id').execute(),
    instructions: await db.read.selectFrom('instructions').selectAll().orderBy('seq').execute(),
    messages: await db.read.selectFrom('push_messages').selectAll().orderBy('seq').execute(),
    buttons: await db.read.selectFrom('buttons').selectAll().orderBy('token').execute(),
    settings: await db.read
      .selectFrom('settings')
      .selectAll()
      .where('key', 'like', '%origins')
      .orderBy('key')
      .execute(),
  };
}

describe.each(DIALECTS)('importing from the former service on %s', (dialect) => {
  test('only looks unless told to write, and says why something is left out', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    const db = await migrated(databaseUrl);
    const before = await contentOf(db);
    const place = await djangoDatabase(dialect, oddRows(Date.now()));
    const args = ['import', 'django', '--database', place];
    const { code, stdout, stderr } = await cliProcess({ databaseUrl }, args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ +to make +there already +left out\nTPVs +3 +0 +0\npeople +5 +0 +2\n/);
    for (const sentence of [
      'TPV "Café": its key has fewer than 20 characters',
      'TPV "Café": max_users is below 1',
      'TPV "Antiguo": its endpoint_url is no http or https URL',
      'Person 700000005: their TPV ',
      "Person 9007199254740993: that is no person's id",
      "Person -100123: that is no person's id",
      '1 instructions are "cancelled"',
      `Instruction ${dashed(10)}: its payload is no JSON object.`,
      `Instruction ${dashed(11)}: its person is not there.`,
      `Instruction ${dashed(12)}: its TPV is not there.`,
      `Message ${dashed(23)}: it could never be sent (data.latitude).`,
      `Message ${dashed(27)}: the hub knows no "video".`,
      '1 buttons of "Bar": that database does not say which URL they call; give --callback-url "Bar=https://…".',
      'Button 6: Telegram can not hold its action and token.',
      'Origin "*": it takes one such as https://panel.example.',
      'Nothing was written; --apply does.',
    ]) {
      expect(stdout).toContain(sentence);
    }
    expect(stdout).not.toContain(BAR_KEY);
    expect(await contentOf(db)).toEqual(before);
  });

  test('writes what there is, once however often it runs', async () => {
    const now = Date.now();
    const databaseUrl = await freshDatabase(dialect);
    const db = await migrated(databaseUrl);
    const place = await djangoDatabase(dialect, oddRows(now));
    const args = ['import', 'django', '--database', place, ...CALLBACK, '--apply'];
    const first = await cliJson({ databaseUrl }, args);
    expect(first).toMatchObject({
      applied: true,
      tpvs: { create: 3, present: 0, left_out: 0 },
      people: { create: 5, present: 0, left_out: 2 },
      instructions: { create: 5, present: 0, left_out: 7 },
      messages: { create: 2, present: 0, left_out: 5 },
      buttons: { create: 1, present: 0, left_out: 5 },
      origins: { create: 2, present: 0, left_out: 2 },
    });
    const there = await contentOf(db);
    expect(there.tpvs).toMatchObject([
      { name: 'Bar', user_count: 2, max_users: 100, is_active: 1, metadata: '{"zona":0}' },
      { name: 'Café', user_count: 0, max_users: 1, metadata: '{}' },
      { name: 'Antiguo', user_count: 1, is_active: 0 },
    ]);
    expect(there.keys.map(({ tpv_id }) => tpv_id)).toEqual([uuidOf(BAR), uuidOf(OLD)]);
    expect(there.people).toMatchObject([
      {
        telegram_id: ANA,
        username: 'ana',
        tpv_id: uuidOf(BAR),
        is_active: 1,
        search: expect.stringContaining('inigo'),
      },
      { telegram_id: 700_000_003, first_name: 'محمد', tpv_id: uuidOf(OLD) },
      { telegram_id: 700_000_004, username: null, tpv_id: null },
      { telegram_id: 700_000_005, tpv_id: null },
      { telegram_id: EVA, first_name: '<b>Eva</b>', is_active: 0, tpv_id: uuidOf(BAR) },
    ]);
    expect(there.people[0]?.created_at).toBe(now - HOUR_MS);
    expect(there.instructions).toMatchObject([
      { id: dashed(1), status: 'pending', holder: null, due_at: now + HOUR_MS, telegram_user_id: ANA },
      { id: dashed(2), status: 'pending', priority: 1 },
      { id: dashed(3), status: 'sent', holder: 'poll', retry_count: 2 },
      { id: dashed(4), status: 'delivered', delivered_at: now - HOUR_MS },
      { id: dashed(5), status: 'processing', expires_at: Date.parse('9999-12-31T23:59:59Z') },
    ]);
    expect(JSON.parse(there.instructions[0]?.payload ?? '')).toEqual({ chat_id: ANA, text: 'Pedido 1 🍕' });
    expect(there.instructions[1]?.expires_at).toBeGreaterThan(now + DAY_MS - HOUR_MS);
    expect(there.messages).toMatchObject([
      { id: dashed(21), status: 'sent', telegram_message_id: 21, not_before: null },
      { id: dashed(22), status: 'unknown', data: '{"url":"https://example.com/t.jpg"}', not_before: null },
      { status: 'sent', telegram_message_id: 901, chat_id: ANA },
    ]);
    expect(there.buttons).toMatchObject([{ token: 'activate_device|tok-1', push_id: there.messages[2]?.id }]);
    const origins = '["https://panel.example.com","https://slash.example.com"]';
    expect(there.settings).toEqual([
      { key: 'callback_allowed_origins', value: origins },
      { key: 'cors_allowed_origins', value: origins },
    ]);

    // What is done by now and deleted after its time does not come back.
    await db.writer
      .deleteFrom('instructions')
      .where('id', '=', String(dashed(1)))
      .execute();
    const again = await cliJson({ databaseUrl }, args);
    for (const kind of ['tpvs', 'people', 'instructions', 'messages', 'buttons', 'origins']) {
      expect(again[kind].create, kind).toBe(0);
    }
    const after = await contentOf(db);
    expect(after).toEqual({ ...there, instructions: there.instructions.slice(1) });
  });

  test('gives no lease beyond an instruction’s own time', async () => {
    const now = Date.now();
    const databaseUrl = await freshDatabase('sqlite');
    const db = await migrated(databaseUrl);
    const rows = oddRows(now);
    const open = (rows.webhook_instruction ?? []).slice(0, 5);
    const soon = now + 45_000;
    const place = await djangoDatabase(dialect, {
      ...rows,
      webhook_instruction: open.map((row) => ({ ...row, expires_at: djangoTime(soon) })),
    });
    await cliJson({ databaseUrl }, ['import', 'django', '--database', place, '--apply']);
    const { instructions } = await contentOf(db);
    expect(instructions.map(({ status, due_at }) => [status, due_at])).toEqual(
      ['pending', 'pending', 'sent', 'delivered', 'processing'].map((status) => [status, soon]),
    );
  });

  test('lets an older TPV go on with its key, its instructions and its buttons', async () => {
    const server = await tpvServer(() => ({ success: true, mensaje: '✅ Activado', new_text: '✅ Activado' }));
    const hub = await startHub({ database: dialect, env: { CALLBACK_ALLOW_PRIVATE: 'true' } });
    const ana = hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
    await hub.emulatorDelivers();
    // The former service sent it, through the same bot.
    const { body: sent } = await fetchJson(`${hub.emulator.apiRoot}/bot${hub.emulator.token}/sendMessage`, {
      method: 'POST',
      json: {
        chat_id: ANA,
        text: '¿Activar?',
        reply_markup: { inline_keyboard: [[{ text: 'Activar', callback_data: 'activate_device|tok-1' }]] },
      },
    });
    const rows = oddRows(Date.now());
    const [bar, ...others] = rows.webhook_tpvinstance ?? [];
    const [button] = rows.webhook_telegram_autorizaciones ?? [];
    const place = await djangoDatabase(dialect, {
      ...rows,
      webhook_tpvinstance: [{ ...bar, endpoint_url: `${server.origin}/` }, ...others],
      webhook_telegram_autorizaciones: [{ ...button, telegram_message_id: sent.result.message_id }],
    });
    const url = `Bar=${server.origin}/api/dispositivo/action`;
    await cliJson(hub, ['import', 'django', '--database', place, '--callback-url', url, '--apply']);

    const headers = { authorization: `Bearer ${BAR_KEY}` };
    const info = await hub.fetch('/api/tpv/info/', { headers });
    expect(info).toMatchObject({ status: 200, body: { id: uuidOf(BAR), name: 'Bar', user_count: 2 } });
    const { body } = await hub.fetch('/api/tpv/instructions/', { headers });
    expect(body.instructions.map((one: { id: string }) => one.id)).toEqual([dashed(2), dashed(1)]);
    const report = await hub.fetch(`/api/tpv/instructions/${dashed(5)}/`, {
      method: 'PUT',
      json: { status: 'completed' },
      headers,
    });
    expect(report.status).toBe(200);
    const push = await hub.fetch(`/api/tpv/push/${dashed(21)}/`, { headers });
    expect(push).toMatchObject({ status: 200, body: { status: 'sent' } });

    const shown = await ana.press(sent.result.message_id, 'Activar').answered;
    expect(shown).toMatchObject({ text: '✅ Activado' });
    expect((await server.next()).form).toMatchObject({
      token: 'tok-1',
      accion: 'activate_device',
      telegram_user_id: String(ANA),
      uid_dispositivo: 'uid-1',
    });
  });
});

describe('what is not the former service’s database', () => {
  test('is refused with a sentence, and nothing is written', async () => {
    const databaseUrl = await freshDatabase('sqlite');
    const db = await migrated(databaseUrl);
    const before = await contentOf(db);
    const dir = mkdtempSync(join(tmpdir(), 'django-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const letter = join(dir, 'letter');
    writeFileSync(letter, 'a letter to a friend, and nothing that a database begins with');
    const other = join(dir, 'other');
    new SqliteDatabase(other).exec('create table shopping (item text)').close();
    const hidden = 'postgres://hub:hidden@127.0.0.1:9/django';
    const unlike = await freshDatabase('postgres');
    for (const [place, code, sentence, input] of [
      [letter, 1, "can't be read (file is not a database)", undefined],
      [other, 1, 'it has no table webhook_tpvinstance', undefined],
      [join(dir, 'missing'), 69, "can't be opened", undefined],
      [dir, 69, "can't be opened", undefined],
      [unlike, 1, 'it has no table webhook_tpvinstance', undefined],
      ['-', 69, "can't be reached", hidden],
      [hidden, 64, 'A password on the command line', undefined],
    ] as const) {
      const args = ['import', 'django', '--apply', '--database', place];
      const result = await cli({ databaseUrl }, args, input === undefined ? {} : { input });
      expect({ place, ...result }).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) });
      expect(result.stderr).not.toMatch(/hidden|^ {4}at /m);
    }
    expect(await contentOf(db)).toEqual(before);
  });

  test.each([
    [[]],
    [['rails']],
    [['django']],
    [['django', '--database', 'x', '--apply', '--dry-run']],
    [['django', '--database', 'x', '--callback-url', 'Bar']],
    [['django', '--database', 'x', '--callback-url', 'Bar=ftp://x']],
  ])('import %j is a wrong command line', async (words) => {
    const { code, stdout } = await cli({ databaseUrl: await freshDatabase('sqlite') }, ['import', ...words]);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  });

  test('times and ids are read as Django and PostgreSQL write them', () => {
    const ms = Date.parse('2026-11-22T12:33:50.785Z');
    for (const time of [
      '2026-11-22 12:33:50.785053',
      '2026-11-22T12:33:50.785Z',
      '2026-11-22 13:33:50.785053+01',
      '2026-11-22 13:33:50.785+01:00',
      '2026-11-22 07:03:50.785-0530',
    ]) {
      expect(timeOf(time), time).toBe(ms);
    }
    expect(timeOf('2026-11-22 12:33')).toBe(Date.parse('2026-11-22T12:33:00Z'));
    for (const time of ['', 'infinity', '2026-13-01 00:00:00', 'ayer', null, undefined, 5n]) {
      expect(timeOf(time)).toBeUndefined();
    }
    expect(uuidOf(BAR)).toBe('31a29934-a136-46f3-929d-f6a3dff5fd5f');
    expect(uuidOf('31A29934-A136-46F3-929D-F6A3DFF5FD5F')).toBe('31a29934-a136-46f3-929d-f6a3dff5fd5f');
    for (const id of ['', 'x', BAR.slice(1), null]) expect(uuidOf(id)).toBeUndefined();
  });
});
