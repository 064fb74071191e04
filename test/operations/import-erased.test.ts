import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import { erasureNotesFile } from '../../src/rights/erasure-notes.ts';
import { cli, cliJson } from '../support/cli.ts';
import { type DjangoRows, djangoDatabase, djangoTime } from '../support/django.ts';
import { DIALECTS, type DialectUnderTest, startHub, type TestHub } from '../support/hub.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

/** Was erased, and it is done. */
const ANA = 7_412_589_036;
/** Was erased, and came back. */
const LUZ = 1003;
/** Is being erased: her TPV has not answered. */
const PAZ = 1004;
/** Was never here. */
const EVA = 1002;

const BAR = '31a29934a13646f3929df6a3dff5fd5f';
const ORIGIN = 'https://tpv.example.com';
const HOUR_MS = 3_600_000;

async function stepsOf({ hub }: TestHub): Promise<string[]> {
  const rows = await hub.db.read.selectFrom('person_requests').select('step').orderBy('asked_at').execute();
  return rows.map(({ step }) => step);
}

async function hubThatErased(database: DialectUnderTest): Promise<TestHub> {
  const hub = await startHub({ database });
  const tpv = await hub.tpv();
  for (const [i, id] of [ANA, LUZ, PAZ].entries()) await hub.message(i + 1, 'Hola', id);
  const erase = (id: number) => hub.admin(`/api/admin/users/${id}`, { method: 'DELETE' });
  for (const id of [ANA, LUZ]) expect(await erase(id)).toMatchObject({ status: 202 });
  await vi.waitFor(async () => expect(await stepsOf(hub)).toEqual(['waiting', 'waiting']), WAIT_MS);
  const { body } = await tpv.fetch('/api/tpv/instructions/');
  const orders = body.instructions.filter((one: { command: string }) => one.command === 'process_erasure');
  for (const { id } of orders) {
    await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } });
  }
  await vi.waitFor(async () => expect(await stepsOf(hub)).toEqual(['done', 'done']), WAIT_MS);
  await hub.message(4, 'Luz ha vuelto', LUZ);
  expect(await erase(PAZ)).toMatchObject({ status: 202 });
  await vi.waitFor(async () => expect(await stepsOf(hub)).toEqual(['done', 'done', 'waiting']), WAIT_MS);
  return hub;
}

/** Each of the four has an instruction, a message and a button, from before the erasures; Luz another instruction, from after. */
function formerRows(now: number): DjangoRows {
  const [ago, soon] = [djangoTime(now - HOUR_MS), djangoTime(now + HOUR_MS)];
  const people = [ANA, LUZ, PAZ, EVA];
  const id = (n: number) => `00000000000040008000${String(n).padStart(12, '0')}`;
  const instruction = (n: number, person: number, createdAt: string) => ({
    ...{ id: id(n), command: 'process_message', payload: `{"text": "Antes ${n}"}`, status: 'pending', priority: 5 },
    ...{ created_at: createdAt, sent_at: null, delivered_at: null, completed_at: null, expires_at: soon },
    ...{ response: null, error_message: '', retry_count: 0, max_retries: 3, telegram_user_id: person },
    tpv_instance_id: BAR,
  });
  return {
    webhook_tpvinstance: [
      {
        ...{ id: BAR, name: 'Bar', api_key: 'a-made-up-key-of-the-bar-0001', endpoint_url: ORIGIN, is_active: true },
        ...{ max_users: 100, created_at: ago, updated_at: ago, last_heartbeat: null, version: '1', metadata: '{}' },
      },
    ],
    webhook_telegramuser: people.map((telegramId, i) => ({
      ...{ id: i + 1, telegram_id: telegramId, username: null, first_name: 'Nombre', last_name: '', is_active: true },
      ...{ language_code: 'es', created_at: ago, updated_at: ago, last_interaction: ago, metadata: '{}' },
      tpv_instance_id: BAR,
    })),
    webhook_instruction: [
      ...people.map((_, i) => instruction(i + 1, i + 1, ago)),
      instruction(9, people.indexOf(LUZ) + 1, djangoTime(now + 60_000)),
    ],
    webhook_pushmessage: people.map((_, i) => ({
      ...{ id: id(20 + i), message_type: 'text', text: 'Listo', data: '{}', status: 'sent', created_at: ago },
      ...{ sent_at: ago, telegram_message_id: 20 + i, error_message: '', retry_count: 0, max_retries: 3 },
      ...{ telegram_user_id: i + 1, tpv_instance_id: BAR },
    })),
    webhook_telegram_autorizaciones: people.map((telegramId, i) => ({
      ...{ id: i + 1, token: `tok-${i}`, uid_dispositivo: 'uid', telegram_message_id: 20 + i, accion: 'activate' },
      ...{ telegram_user_id: telegramId, empresa: 'Bar', usada: false, expirada: false, expira_en: soon },
      ...{ usada_en: null, created_at: ago },
    })),
  };
}

/** Who is named in a database. */
async function namedIn({ hub }: TestHub) {
  const { read } = hub.db;
  const people = await read.selectFrom('telegram_users').select('telegram_id as id').execute();
  const instructions = await read
    .selectFrom('instructions')
    .select('telegram_user_id as id')
    .where('command', '!=', 'process_erasure')
    .execute();
  const messages = await read.selectFrom('push_messages').select('chat_id as id').execute();
  const buttons = await read.selectFrom('buttons').select('telegram_user_id as id').execute();
  const all = [...people, ...instructions, ...messages, ...buttons];
  return [...new Set(all.map(({ id }) => Number(id)))].filter((id) => id !== 0).sort((a, b) => a - b);
}

describe.each(DIALECTS)('importing who was erased here, on %s', (database) => {
  test('leaves them out with all that is theirs, and of who came back what is from before', async () => {
    const hub = await hubThatErased(database);
    const place = await djangoDatabase(database, formerRows(Date.now()));
    const args = ['import', 'django', '--database', place, '--callback-url', `Bar=${ORIGIN}/action`];
    const counts = {
      people: { create: 1, present: 1, left_out: 2 },
      instructions: { create: 2, present: 0, left_out: 3 },
      messages: { create: 1, present: 0, left_out: 3 },
      buttons: { create: 1, present: 0, left_out: 3 },
      problems: ['2 people were erased here and stay erased: what that database has of them is left out.'],
    };
    expect(await cliJson(hub, args)).toMatchObject({ applied: false, ...counts });
    expect(await namedIn(hub)).toEqual([LUZ]);
    expect(await cliJson(hub, [...args, '--apply'])).toMatchObject({ applied: true, ...counts });
    expect(await namedIn(hub)).toEqual([EVA, LUZ]);
    const again = await cliJson(hub, [...args, '--apply']);
    expect(again.people).toEqual({ create: 0, present: 2, left_out: 2 });
    const { stdout } = await cli(hub, args);
    expect(stdout).toMatch(/\npeople +0 +2 +2\n/);
    expect(stdout).not.toContain(String(ANA));
  });
});

test('the service that only sent notifications brings nobody back either', async () => {
  const hub = await hubThatErased('sqlite');
  await hub.tpv({ name: 'Bar', endpoint_url: `${ORIGIN}/` });
  const file = join(testFolder('notifications'), 'db.sqlite3');
  const db = new SqliteDatabase(file);
  db.exec(`create table webhook_token_callbacks (token varchar(100) primary key, callback_url varchar(200) not null,
    empresa varchar(100) not null, accion varchar(50) not null, telegram_user_id bigint not null,
    telegram_message_id bigint, uid_dispositivo varchar(255) not null, metadata text not null, expira_en datetime not null,
    created_at datetime not null, usada bool not null, usada_en datetime)`);
  const insert = db.prepare(
    "insert into webhook_token_callbacks values (?, ?, 'Bar', '', ?, ?, '', '{}', '2030-01-01 00:00:00', ?, 0, null)",
  );
  const ago = djangoTime(Date.now() - HOUR_MS);
  for (const [i, id] of [ANA, LUZ, EVA].entries()) insert.run(`tok-${i}`, `${ORIGIN}/action`, id, 30 + i, ago);
  db.close();
  const said = await cliJson(hub, ['import', 'django', '--database', file, '--apply']);
  expect(said).toMatchObject({
    people: { create: 1, present: 1, left_out: 1 },
    buttons: { create: 1, present: 0, left_out: 2 },
    problems: ['1 person was erased here and stays erased: what that database has of them is left out.'],
  });
  expect(await namedIn(hub)).toEqual([EVA, LUZ]);
});

test('nothing is taken over where it can not be read who was erased', async () => {
  const hub = await startHub();
  const place = await djangoDatabase('sqlite', formerRows(Date.now()));
  writeFileSync(erasureNotesFile({ DATABASE_URL: hub.databaseUrl }), 'something else\n');
  const refused = await cli(hub, ['import', 'django', '--database', place, '--apply']);
  expect(refused).toMatchObject({ code: 69, stdout: '', stderr: expect.stringContaining('notes of erasures') });
  expect(await namedIn(hub)).toEqual([]);
});
