import { expect, test } from 'vitest';
import { fetchJson, startHub } from '../support/hub.ts';

test('a message that is sent while the chat page’s switch has Telegram off comes once it is on', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola');
  const turn = async (off: boolean) => {
    const url = `${hub.emulator.apiRoot}/_emulator/telegram`;
    expect((await fetchJson(url, { method: 'POST', json: { off } })).body).toEqual({ off });
    expect((await fetchJson(url)).body).toEqual({ off });
  };
  await turn(true);
  const pushed = tpv.fetch('/api/tpv/push/', { method: 'POST', json: { telegram_user_id: 1001, text: 'Listo' } });
  await hub.emulator.waitForCall(({ method, fault }) => method === 'sendMessage' && fault === 'error');
  expect(ana.chat.map(({ text }) => text)).not.toContain('Listo');
  await turn(false);
  expect(await ana.waitForMessage(({ text }) => text === 'Listo', 40_000)).toMatchObject({ text: 'Listo' });
  expect((await pushed).status).toBeLessThan(300);
});
