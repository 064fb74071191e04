import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { jsonText } from '../../src/db/json-text.ts';
import { openLogs } from '../../src/log/log.ts';
import { DIALECTS, type DialectUnderTest, freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import type { TestSocket } from '../support/socket.ts';
import { connectTelegram, instructionsOf } from '../support/telegram.ts';
import { testFolder } from '../support/test-folder.ts';
import { tpvServer } from '../support/tpv-server.ts';
import { WAIT_MS } from '../support/within.ts';

/** Stands in everything that a person says, is called, sends or is sent. */
const MARK = 'Zq7Kennzeichen';
const ID = 7_412_589_036;

async function scene(database: DialectUnderTest) {
  const databaseUrl = await freshDatabase(database, 'migrated');
  const folder = database === 'sqlite' ? dirname(databaseUrl.slice('sqlite:'.length)) : testFolder('erasure');
  const logs = await openLogs({ level: 'debug', dir: join(folder, 'logs') });
  onTestFinished(() => logs.flush());
  const server = await tpvServer(() => ({ success: true, mensaje: `${MARK} abierto`, new_text: `${MARK} por la URL` }));
  const env = { FORWARD_EDITS: 'true', CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
  const hub = await startHub({ databaseUrl, logs, env });
  const tpv = await hub.tpv({ endpoint_url: server.origin });
  /** What the hub keeps outside PostgreSQL. */
  const folders = database === 'sqlite' ? [folder] : [folder, 'data'];
  await connectTelegram(hub);
  const ana = hub.emulator.person({ id: ID, first_name: `${MARK}ana`, username: `${MARK}_ana`, started: true });
  return { hub, tpv, ana, server, folders };
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

/** Files under the hub's folders in which the mark stands. */
function filesWith({ folders }: Pick<Scene, 'folders'>, mark: string): string[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => contentOf(file).includes(mark));
}

/** Other tests' files in the same folder come and go. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

/** A person about whom the hub holds something in each of its places. */
async function knownEverywhere({ hub, tpv, ana, server }: Scene): Promise<TestSocket> {
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
  const byUrl = [[{ text: `${MARK} Abrir`, callback_url: `${server.origin}/${MARK}` }]];
  const { telegram_message_id: urlMessageId } = await push({ text: `${MARK} Por la URL`, buttons: byUrl });
  expect(await ana.press(urlMessageId, 0).answered).toMatchObject({ text: `${MARK} abierto` });
  const changed = await push({ text: `${MARK} Antes`, buttons: [] });
  const change = { method: 'PATCH', json: { text: `${MARK} después` } };
  expect((await tpv.fetch(`/api/tpv/push/${changed.push_message_id}/`, change)).status).toBeLessThan(300);
  await hub.hub.db.transact(async ({ kysely }) => {
    const account = { id: 'account', name: 'admin', password_hash: '', role: 'admin', totp_secret: null } as const;
    const times = { totp_enabled_at: null, totp_last_step: null, created_at: 1, password_changed_at: 1 };
    const linked = { telegram_id: ID, telegram_name: `${MARK} Ana`, last_login_at: null };
    await kysely
      .insertInto('admin_users')
      .values({ ...account, ...times, ...linked })
      .execute();
    const silence = { telegram_id: ID, tpv_id: tpv.id, instruction_id: instruction.id, said: jsonText([]) };
    await kysely.insertInto('silences').values(silence).execute();
    const read = { admin_id: account.id, telegram_id: ID, read_up_to: 1 };
    await kysely.insertInto('inbox_reads').values(read).execute();
  });
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
    const { hub, tpv, ana } = all;
    const socket = await knownEverywhere(all);
    const before = await everything(hub);
    for (const table of [
      'instructions',
      'instruction_files',
      'push_messages',
      'buttons',
      'presses',
      'telegram_updates',
      'admin_users',
      'silences',
      'inbox_reads',
      'audit_log',
    ]) {
      expect(before).toMatch(new RegExp(`^${table} .*(${MARK}|${ID})`, 'm'));
    }
    // The file that waits: in a folder, or in PostgreSQL itself.
    if (database === 'postgres') expect(before).toMatch(new RegExp(`^uploads .*${MARK}`, 'm'));
    else expect(filesWith(all, MARK).some((file) => file.includes('uploads'))).toBe(true);

    await askForErasure(all);
    await vi.waitFor(() => expect(lastText(all)).toBe('✅ Tus datos se han borrado.'), WAIT_MS);
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ command: 'process_erasure', telegram_user_id: ID });
    expect(instruction.payload).toEqual({ telegram_user_id: ID, asked_at: expect.stringMatching(/^\d{4}-.+T.+Z$/) });
    for (const _open of [1, 2]) expect(await socket.next('revoked')).toMatchObject({ reason: 'cancelled' });
    await socket.report(instruction.id, 'completed');
    await vi.waitFor(
      async () => expect(await requestsOf(hub)).toMatchObject([{ step: 'done', telegram_id: null }]),
      WAIT_MS,
    );

    const after = await everything(hub);
    expect(after.split('\n').filter((row) => row.includes(MARK) || row.includes(String(ID)))).toEqual([]);
    expect(ana.chat.length).toBeGreaterThan(0);
    expect(filesWith(all, MARK)).toEqual([]);
    // Counts stay.
    const statuses = (await instructionsOf(hub)).map(({ status }) => status).sort();
    expect(statuses).toEqual(['completed', 'completed', 'failed', 'failed']);
    expect((await tpv.fetch('/api/tpv/info/')).body.user_count).toBe(0);
    const audit = await hub.admin('/api/admin/audit');
    expect(audit.body.items[0]).toMatchObject({ action: 'user.erase', actor: 'person', target: null });
    await hub.close();
    expect(filesWith(all, MARK)).toEqual([]);
    // Paths of the panel's requests name ids, and stand in the access log.
    const withId = filesWith(all, String(ID)).filter((file) => !file.includes('logs'));
    expect(withId).toEqual([]);
  });
});
