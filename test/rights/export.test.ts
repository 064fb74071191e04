import { describe, expect, test, vi } from 'vitest';
import { type Answer, DIALECTS, fetchJson, startHub, type TestHub } from '../support/hub.ts';
import { connectTelegram } from '../support/telegram.ts';
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
});
