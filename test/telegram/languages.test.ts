import { describe, expect, test } from 'vitest';
import { ANA, buttonScene } from '../support/buttons.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, freshDatabase, startHub } from '../support/hub.ts';
import { connectTelegram } from '../support/telegram.ts';

describe.each(DIALECTS)('on %s', (database) => {
  test('each person reads their own language, and DEFAULT_LOCALE where the hub does not speak it', async () => {
    const hub = await startHub({ database, env: { DEFAULT_LOCALE: 'gl' } });
    await hub.tpv({ name: 'Bar Pepe' });
    await connectTelegram(hub);
    for (const [id, language_code, help] of [
      [1, 'es', /^Escribe un mensaje/],
      [2, 'pt-br', /^Escreva uma mensagem/],
      [3, 'eu', /^Idatzi mezu bat/],
      [4, 'nl', /^Escribe unha mensaxe/],
      [5, undefined, /^Escribe unha mensaxe/],
    ] as const) {
      const person = hub.emulator.person({ id, first_name: 'Ana', ...(language_code && { language_code }) });
      person.send('/help');
      expect((await person.waitForMessage()).text).toMatch(help);
    }
  });

  test('whose message nobody answered reads so in their language, hours after they wrote', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock, env: { INSTRUCTION_TTL_SECONDS: '7200' } });
    await hub.tpv();
    await connectTelegram(hub);
    const person = hub.emulator.person({ id: ANA, first_name: 'Anne', language_code: 'fr' });
    person.send('Bonsoir');
    await expect.poll(async () => (await hub.admin('/api/admin/instructions')).body.items.length).toBe(1);
    const told = person.waitForMessage(({ text }) => text?.startsWith('⌛ Votre message a expiré') === true);
    await clock.jump(7_200_000);
    await clock.advance(2_000);
    await told;
  });

  test('a press is answered in the language of who pressed, also by the next process', async () => {
    const databaseUrl = await freshDatabase(database);
    const scene = await buttonScene({ databaseUrl });
    const { hub, ana, clock } = scene;
    const { tokens, messageId } = await scene.hang([[{ text: 'Sí', action: 'yes' }]]);
    const from = { id: ANA, is_bot: false, first_name: 'Ana', language_code: 'it' };
    const press = (id: string, data: string) => ({
      update_id: Number(id),
      callback_query: { id, from, data, message: { message_id: messageId } },
    });
    const shown = async (id: string) =>
      (await hub.emulator.waitForCall(({ params }) => params.callback_query_id === id)).params.text;
    await hub.update(press('1', 'forged'));
    expect(await shown('1')).toBe('⚠️ Questa azione è scaduta');
    // Their language as it was told with a message is what the next process knows.
    await hub.update({
      update_id: 2,
      message: { message_id: 2, date: 1_762_684_200, text: 'Ciao', from, chat: { id: ANA, type: 'private' } },
    });
    await hub.update(press('3', tokens[0] ?? ''));
    await hub.close();
    const again = await startHub({ databaseUrl, emulator: hub.emulator, clock });
    const told = ana.waitForMessage(({ text }) => text === '✅ Fatto');
    await clock.advance(10_000);
    expect(await shown('3')).toBe('⏳ Un attimo…');
    const headers = { authorization: `ApiKey ${scene.tpv.key}` };
    const { body } = await again.fetch('/api/tpv/instructions/', { headers });
    const pressed = body.instructions.find(({ command }: { command: string }) => command === 'process_callback');
    const report = { method: 'PUT', json: { status: 'completed' }, headers };
    expect((await again.fetch(`/api/tpv/instructions/${pressed.id}/`, report)).status).toBe(200);
    await clock.advance(2_000);
    await told;
  });
});
