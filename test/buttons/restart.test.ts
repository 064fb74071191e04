import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Person, type Press, startEmulator } from '../../demo/emulator/mod.ts';
import { ANA, buttonScene, messageOf, PROCESSING } from '../support/buttons.ts';
import { ADMIN_TOKEN, DIALECTS, type DialectUnderTest, fetchJson, freshDatabase, startHub } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { tpvServer } from '../support/tpv-server.ts';
import { WAIT_MS } from '../support/within.ts';

const YES = [[{ text: 'Sí', action: 'yes' }]];
/** Two processes start, one after the other. */
const TWO_STARTS = { timeout: 240_000 };

/** The real program, its TPV that polls, and Ana with a message with a button. */
async function killable(database: DialectUnderTest) {
  const emulator = await startEmulator({ retryBaseMs: 50 });
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase(database, 'migrated');
  const ana = emulator.person({ id: ANA, first_name: 'Ana', started: true });
  let key = '';
  const start = async () => {
    const hub = await startHubProcess({ databaseUrl, emulator });
    const json = { url: `${hub.url}/webhook/telegram/` };
    const headers = { authorization: `Token ${ADMIN_TOKEN}` };
    expect((await fetchJson(`${hub.url}/webhook/setup/`, { method: 'POST', json, headers })).status).toBe(200);
    const call = (path: string, method = 'GET', json?: unknown) =>
      fetchJson(`${hub.url}${path}`, { method, json, headers: { authorization: `ApiKey ${key}` } });
    return {
      ...hub,
      call,
      async kill() {
        hub.process.child.kill('SIGKILL');
        await hub.process.ended;
      },
      /** The next instruction, as soon as it is there. */
      async poll() {
        const { body } = await call('/api/tpv/instructions/?wait=30&limit=1');
        expect(body.count).toBe(1);
        return body.instructions[0];
      },
      async report(id: string, response: unknown) {
        const json = { status: 'completed', response };
        expect((await call(`/api/tpv/instructions/${id}/`, 'PUT', json)).status).toBe(200);
      },
    };
  };
  const first = await start();
  const tpv = { name: 'TPV', endpoint_url: 'http://127.0.0.1:9' };
  key = (await fetchJson(`${first.url}/api/tpv/register/`, { method: 'POST', json: tpv })).body.api_key;
  ana.send('Hola');
  await first.report((await first.poll()).id, {});
  const push = { telegram_user_id: ANA, text: '¿Activar?', buttons: YES };
  await first.call('/api/tpv/push/', 'POST', push);
  // Where the hub took too long to answer with its number, it is there all the same.
  const { message_id: messageId } = await ana.waitForMessage(({ text }) => text === push.text);
  return { emulator, ana, first, start, messageId };
}

/** An answer is shown over the chat, or as a message where the hub took longer to start than a person's spinner lasts. */
async function seen(ana: Person, { answered }: Press, text: string): Promise<void> {
  const { text: shown } = await answered;
  if (shown === PROCESSING) await ana.waitForMessage((message) => message.text === text);
  else expect(shown).toBe(text);
}

describe.each(DIALECTS)('on %s', (database) => {
  test('a press outlives a hub that is killed before its TPV has it', TWO_STARTS, async () => {
    const { emulator, ana, first, start, messageId } = await killable(database);
    const pressed = ana.press(messageId, 0);
    await emulator.drained();
    await first.kill();
    const second = await start();
    const press = await second.poll();
    expect(press).toMatchObject({ command: 'process_callback', payload: { action: 'yes' } });
    await second.report(press.id, { text: 'Después', new_text: 'Hecho.' });
    await seen(ana, pressed, 'Después');
    await ana.waitForMessage(({ text }) => text === '¿Activar?\n\nHecho.');
  });

  test('a press outlives a hub that is killed after the report and before the person sees it', TWO_STARTS, async () => {
    const { emulator, ana, first, start, messageId } = await killable(database);
    const mend = emulator.fail({ method: 'answerCallbackQuery', how: { kind: 'hang' } });
    const pressed = ana.press(messageId, 0);
    const press = await first.poll();
    await first.report(press.id, { text: 'Antes', new_text: 'Hecho.' });
    await first.kill();
    mend();
    await start();
    await seen(ana, pressed, 'Antes');
    await ana.waitForMessage(({ text }) => text === '¿Activar?\n\nHecho.');
    expect(messageOf(ana, messageId).buttons).toEqual([]);
  });

  test('a press whose spinner ended before a restart gets its answer as a message after it', async () => {
    const at = await buttonScene({ database });
    const { messageId } = await at.hang(YES);
    const { answered } = at.ana.press(messageId, 0);
    await at.hub.emulator.drained();
    await at.clock.advance(10_000);
    expect(await answered).toMatchObject({ text: '⏳ Procesando…' });
    await at.hub.close();
    const again = await startHub({ databaseUrl: at.hub.databaseUrl, emulator: at.hub.emulator, clock: at.clock });
    const headers = { authorization: `ApiKey ${at.tpv.key}` };
    const { body } = await again.fetch('/api/tpv/instructions/', { headers });
    const json = { status: 'completed', response: { text: 'Por fin' } };
    await again.fetch(`/api/tpv/instructions/${body.instructions[0].id}/`, { method: 'PUT', json, headers });
    await at.ana.waitForMessage(({ text }) => text === 'Por fin');
    await at.clock.advance(20_000);
    expect(at.shown()).toEqual(['⏳ Procesando…']);
  });

  test('a press that expired while the hub was down is told of at its next start, once', async () => {
    const at = await buttonScene({ database });
    const { messageId } = await at.hang(YES);
    at.ana.press(messageId, 0);
    await at.hub.emulator.drained();
    await at.hub.close();
    await at.clock.jump(3_600_000);
    const restart = () => startHub({ databaseUrl: at.hub.databaseUrl, emulator: at.hub.emulator, clock: at.clock });
    const second = await restart();
    const toldOf = () => at.shown().filter((text) => String(text).includes('El local no ha respondido'));
    await vi.waitFor(async () => {
      await at.clock.advance(1_000);
      expect(toldOf().length + at.ana.chat.filter(({ text }) => text?.includes('no ha respondido')).length).toBe(1);
    }, WAIT_MS);
    await second.close();
    await restart();
    await at.clock.advance(2_000);
    expect(toldOf().length + at.ana.chat.filter(({ text }) => text?.includes('no ha respondido')).length).toBe(1);
  });
});

test('a call of a URL that a restart cut off is told of as failed', async () => {
  const server = await tpvServer(() => undefined);
  const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const databaseUrl = await freshDatabase('sqlite', 'migrated');
  const first = await startHubProcess({ databaseUrl, emulator, env });
  const webhook = { url: `${first.url}/webhook/telegram/` };
  const headers = { authorization: `Token ${ADMIN_TOKEN}` };
  await fetchJson(`${first.url}/webhook/setup/`, { method: 'POST', json: webhook, headers });
  const data = `${server.origin}/luz`;
  emulator.inject({
    callback_query: {
      id: 'cut-off',
      from: { id: ANA, is_bot: false, first_name: 'Ana' },
      chat_instance: '1',
      data,
      message: { message_id: 77, reply_markup: { inline_keyboard: [[{ text: 'Luz', callback_data: data }]] } },
    },
  });
  await server.next();
  await emulator.drained();
  first.process.child.kill('SIGKILL');
  await first.process.ended;
  await startHub({ databaseUrl, emulator, env });
  const { params } = await emulator.waitForCall(({ method }) => method === 'answerCallbackQuery');
  expect(params).toMatchObject({ text: '❌ No se ha podido completar.', show_alert: true });
  expect(server.calls).toHaveLength(1);
});
