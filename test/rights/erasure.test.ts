import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openLogs } from '../../src/log/log.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import type { TestSocket } from '../support/socket.ts';
import { connectTelegram, instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

/** Stands in everything that a person says, is called, sends or is sent. */
const MARK = 'Zq7Kennzeichen';
const ID = 7_412_589_036;

async function scene(database: DialectUnderTest) {
  const databaseUrl = await freshDatabase(database, 'migrated');
  const folder = database === 'sqlite' ? dirname(databaseUrl.slice('sqlite:'.length)) : undefined;
  const logs = folder === undefined ? undefined : await openLogs({ level: 'debug', dir: join(folder, 'logs') });
  if (logs !== undefined) onTestFinished(() => logs.flush());
  const hub = await startHub({ databaseUrl, ...(logs && { logs }), env: { FORWARD_EDITS: 'true' } });
  const tpv = await hub.tpv();
  await connectTelegram(hub);
  const ana = hub.emulator.person({ id: ID, first_name: `${MARK}ana`, username: `${MARK}_ana`, started: true });
  return { hub, tpv, ana, folder };
}

type Scene = Awaited<ReturnType<typeof scene>>;

const lastText = ({ ana }: Pick<Scene, 'ana'>) => ana.chat.at(-1)?.text ?? '';

/** Asks as a person does, and says yes. */
async function askForErasure({ ana }: Scene): Promise<void> {
  ana.send('/privacidad');
  await vi.waitFor(() => expect(lastText({ ana })).toMatch(/Tus datos/), WAIT_MS);
  const messageId = ana.chat.at(-1)?.message_id ?? 0;
  await ana.press(messageId, '🗑 Borrar mis datos').answered;
  await vi.waitFor(() => expect(lastText({ ana })).toMatch(/¿Borramos todos tus datos\?/), WAIT_MS);
  const { text } = await ana.press(messageId, 'Sí, bórralos').answered;
  expect(text).toMatch(/Estamos borrando tus datos/);
}

async function requestsOf({ hub }: TestHub) {
  return hub.db.read.selectFrom('person_requests').selectAll().orderBy('asked_at').execute();
}

/** Every row of every table, as text. */
async function everything({ hub }: TestHub): Promise<string> {
  const tables = await hub.db.read.introspection.getTables();
  let text = '';
  for (const { name } of tables) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(hub.db.read);
    for (const row of rows) {
      text += `${name} ${JSON.stringify(row, (_key, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value))}\n`;
    }
  }
  return text;
}

/** Files under a folder in which the mark stands. */
function filesWith(folder: string, mark: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(mark));
}

/** A person about whom the hub holds something in each of its places. */
async function knownEverywhere({ hub, tpv, ana }: Scene): Promise<TestSocket> {
  const socket = await tpv.socket();
  ana.send(`${MARK} Dos cafés`);
  const { instruction } = await socket.next('instruction');
  const response = { text: `${MARK} en marcha` };
  await socket.report(instruction.id, 'completed', { response });
  ana.sendDocument({ bytes: Buffer.from('x'), name: `${MARK}.pdf`, caption: `${MARK} factura` });
  await socket.next('instruction');
  await hub.update({
    update_id: 700_000_000,
    message: {
      message_id: 1,
      date: 1,
      chat: { id: ID, type: 'private' },
      from: { id: ID, first_name: MARK },
      poll: {},
    },
  });
  const push = async (fields: { text: string; buttons: unknown }) => {
    const json = { telegram_user_id: ID, ...fields };
    const headers = { 'idempotency-key': `${MARK}-${fields.text}`.replaceAll(' ', '-') };
    const { status, body } = await tpv.fetch('/api/tpv/push/', { method: 'POST', json, headers });
    expect(status).toBe(201);
    return body;
  };
  const buttons = [[{ text: `${MARK} Sí`, action: 'yes', data: { of: MARK } }]];
  const { telegram_message_id: messageId } = await push({ text: `${MARK} Listo`, buttons });
  ana.press(messageId, 0);
  await socket.next('instruction');
  await hub.admin(`/api/admin/users/${ID}/messages`, { method: 'POST', json: { text: `${MARK} del bar` } });
  await hub.admin(`/api/admin/users/${ID}`, { method: 'PATCH', json: { is_active: true } });
  await hub.admin(`/api/admin/users.csv?q=${MARK}`);
  // Of what may have arrived, the file is kept.
  hub.emulator.fail({ method: 'sendDocument', times: 1, how: { kind: 'reset_after' } });
  const form = new FormData();
  form.set('telegram_user_id', String(ID));
  form.set('message_type', 'document');
  form.set('document', new Blob([`${MARK} bytes`]), `${MARK}.txt`);
  await fetch(`${hub.url}/api/tpv/push/`, {
    method: 'POST',
    headers: { authorization: `ApiKey ${tpv.key}`, prefer: 'respond-async' },
    body: form,
  });
  return socket;
}

describe.each(DIALECTS)('an erasure on %s', (database) => {
  test('leaves no byte of the person: not in the database, its log, its free pages, files or logs', async () => {
    const all = await scene(database);
    const { hub, tpv, ana, folder } = all;
    const socket = await knownEverywhere(all);
    const before = await everything(hub);
    for (const table of [
      'instructions',
      'instruction_files',
      'push_messages',
      'buttons',
      'presses',
      'telegram_updates',
    ]) {
      expect(before).toMatch(new RegExp(`^${table} .*(${MARK}|${ID})`, 'm'));
    }
    if (folder !== undefined) expect(filesWith(folder, MARK).some((file) => file.includes('uploads'))).toBe(true);

    await askForErasure(all);
    await vi.waitFor(() => expect(lastText(all)).toBe('✅ Tus datos se han borrado.'), WAIT_MS);
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ command: 'process_erasure', telegram_user_id: ID });
    expect(instruction.payload).toEqual({ telegram_user_id: ID });
    for (const _open of [1, 2]) expect(await socket.next('revoked')).toMatchObject({ reason: 'cancelled' });
    await socket.report(instruction.id, 'completed');
    await vi.waitFor(
      async () => expect(await requestsOf(hub)).toMatchObject([{ step: 'done', telegram_id: null }]),
      WAIT_MS,
    );

    const after = await everything(hub);
    expect(after.split('\n').filter((row) => row.includes(MARK) || row.includes(String(ID)))).toEqual([]);
    expect(ana.chat.length).toBeGreaterThan(0);
    if (folder !== undefined) expect(filesWith(folder, MARK)).toEqual([]);
    // Counts stay.
    const statuses = (await instructionsOf(hub)).map(({ status }) => status).sort();
    expect(statuses).toEqual(['completed', 'completed', 'failed', 'failed']);
    expect((await tpv.fetch('/api/tpv/info/')).body.user_count).toBe(0);
    const audit = await hub.admin('/api/admin/audit');
    expect(audit.body.items[0]).toMatchObject({ action: 'user.erase', actor: 'person', target: null });
    if (folder !== undefined) {
      await hub.close();
      expect(filesWith(folder, MARK)).toEqual([]);
    }
  });
});
