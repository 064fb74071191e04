import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { fetchJson, freshDatabase, messageUpdate, WEBHOOK_SECRET } from '../support/hub.ts';
import { startHubProcess } from '../support/hub-process.ts';
import { PERSON } from '../support/push.ts';
import { tpvServer } from '../support/tpv-server.ts';
import { WAIT_MS } from '../support/within.ts';

test('a hub that is killed while it fetches a file fetches it again, and the message comes once', async () => {
  let hangs = true;
  const server = await tpvServer((_call, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' });
    if (hangs) response.write('the first half');
    else response.end('a;b');
    return undefined;
  });
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const person = emulator.person({ id: PERSON, first_name: 'Ana', started: true });
  const databaseUrl = await freshDatabase('sqlite', 'migrated');
  const env = { CALLBACK_ALLOW_PRIVATE: 'true', CALLBACK_ALLOWED_ORIGINS: server.origin };
  const first = await startHubProcess({ databaseUrl, emulator, env });
  const json = { name: 'TPV', endpoint_url: 'http://127.0.0.1:9' };
  const { api_key: key } = (await fetchJson(`${first.url}/api/tpv/register/`, { method: 'POST', json })).body;
  await fetchJson(`${first.url}/webhook/telegram/`, {
    method: 'POST',
    json: messageUpdate(1, 'Hola', PERSON),
    headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
  });
  // Its answer never comes, as the hub is killed.
  fetchJson(`${first.url}/api/tpv/push/`, {
    method: 'POST',
    json: { telegram_user_id: PERSON, message_type: 'document', data: { document_url: `${server.origin}/x.csv` } },
    headers: { authorization: `ApiKey ${key}` },
  }).catch(() => {});
  await server.next();
  first.process.child.kill('SIGKILL');
  await first.process.ended;
  hangs = false;
  await startHubProcess({ databaseUrl, emulator, env });
  expect(await person.waitForMessage(({ document }) => document !== undefined, WAIT_MS)).toMatchObject({
    document: { file_name: 'x.csv', file_size: 3 },
  });
  // The message is in the chat a moment before its call has ended.
  await emulator.waitForCall(({ method }) => method === 'sendDocument', WAIT_MS);
  expect(emulator.calls.filter(({ method }) => method === 'sendDocument')).toHaveLength(1);
});
