import { describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/db/open.ts';
import { uploadStore } from '../../src/push/uploads.ts';
import { askExport } from '../../src/rights/ask-export.ts';
import { goOnExporting } from '../../src/rights/export.ts';
import { openRequests } from '../../src/rights/request-store.ts';
import { telegramTexts } from '../../src/telegram/texts/texts.ts';
import { type Answer, DIALECTS, fetchJson, freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import { connectTelegram } from '../support/telegram.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

const ID = 42;

/** A file in the chat, as Telegram gives it. */
async function documentOf({ emulator }: TestHub, fileId: string): Promise<Answer> {
  const { body } = await fetchJson(`${emulator.apiRoot}/bot${emulator.token}/getFile?file_id=${fileId}`);
  return fetchJson(`${emulator.apiRoot}/file/bot${emulator.token}/${body.result.file_path}`);
}

describe.each(DIALECTS)('a document of all that is held on a person, on %s', (database) => {
  test('comes into their chat as a file, with what they wrote, what they were told, and nothing of others', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar Pepe' });
    await connectTelegram(hub);
    const ana = hub.emulator.person({ id: ID, first_name: 'Ana', username: 'ana', started: true });
    const eva = hub.emulator.person({ id: 43, first_name: 'Eva', started: true });
    eva.send('Un té para Eva');
    ana.send('Dos cafés');
    await hub.emulator.drained();
    await tpv.fetch('/api/tpv/push/', { method: 'POST', json: { telegram_user_id: ID, text: 'En marcha' } });
    ana.send('/privacidad');
    await vi.waitFor(() => expect(ana.chat.at(-1)?.text).toMatch(/Tus datos/), WAIT_MS);
    const messageId = ana.chat.at(-1)?.message_id ?? 0;
    const { text } = await ana.press(messageId, '📄 Ver mis datos').answered;
    expect(text).toMatch(/Lo estamos preparando/);
    await vi.waitFor(() => expect(ana.chat.at(-1)?.document).toMatchObject({ file_name: 'mis-datos.json' }), WAIT_MS);
    expect(ana.chat.at(-1)?.caption).toBe('📄 Todo lo que guardamos sobre ti.');
    const { body } = await documentOf(hub, ana.chat.at(-1)?.document?.file_id ?? '');
    expect(body).toMatchObject({
      telegram_id: ID,
      profile: { first_name: 'Ana', username: 'ana', tpv: 'Bar Pepe' },
      instructions: [{ command: 'process_message', payload: { text: 'Dos cafés' }, files: [] }],
      messages: [{ text: expect.stringContaining('Tus datos') }, { text: 'En marcha', tpv: 'Bar Pepe' }],
      presses: [],
      updates: [],
      complete: true,
    });
    expect(JSON.stringify(body)).not.toContain('Eva');
    const again = await ana.press(messageId, '📄 Ver mis datos').answered;
    expect(again.text).toMatch(/acabamos de enviar/);
  });

  test('that does not fit into a file says in the chat what is missing, and is whole for an administrator', async () => {
    const databaseUrl = await freshDatabase(database, 'migrated');
    const first = await startHub({ databaseUrl });
    const { emulator } = first;
    const ana = emulator.person({ id: ID, first_name: 'Ana', started: true });
    for (const [i, text] of ['Antes', 'Después'].entries()) await first.message(i + 1, text.padEnd(3_000, '.'), ID);
    await first.close();
    const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'normal' });
    const folder = testFolder('uploads');
    try {
      const textsOf = (languageCode: string) => telegramTexts('es').of(languageCode).privacy;
      const now = Date.now();
      await db.transact((tx) => askExport(tx, { telegramId: ID, languageCode: 'en' }, now));
      const [asked] = await db.query(openRequests, { telegramId: 0, kind: 'erasure', limit: 1 });
      if (asked === undefined) throw new Error('There is no request.');
      const uploads = uploadStore(folder, () => now);
      await goOnExporting({ db, uploads, textsOf, mostBytes: 5_000 }, { ...asked, telegram_id: ID }, now);
    } finally {
      await db.close();
    }
    const next = await startHub({ databaseUrl, emulator });
    await vi.waitFor(() => expect(ana.chat.at(-1)?.document).toBeDefined(), WAIT_MS);
    expect(ana.chat.at(-1)?.caption).toMatch(
      /Not all of it fits into one file: some of what is older than \d+ \w+ \d{4} is missing\. Ask the venue/,
    );
    const { body } = await documentOf(next, ana.chat.at(-1)?.document?.file_id ?? '');
    expect(body).toMatchObject({
      complete: false,
      instructions: [{ payload: { text: expect.stringMatching(/^Después/) } }],
    });
    const whole = await next.admin(`/api/admin/users/${ID}/export`);
    expect(whole.body).toMatchObject({ complete: true });
    expect(whole.body.instructions).toHaveLength(2);
  });
});
