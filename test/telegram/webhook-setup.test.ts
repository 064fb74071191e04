import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { testClock } from '../support/clock.ts';
import { fetchJson, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { connectTelegram, instructionsOf } from '../support/telegram.ts';
import { WAIT_MS } from '../support/within.ts';

const KINDS = ['message', 'edited_message', 'callback_query', 'my_chat_member'];
/** Nobody listens there. */
const ELSEWHERE = 'http://127.0.0.1:9/webhook/telegram/';

const setup = (hub: TestHub, json?: unknown) => hub.admin('/webhook/setup/', { method: 'POST', json });
/** Waits for the last list of commands that a hub tells at its start. */
const commandsAreTold = (emulator: Emulator) =>
  emulator.waitForCall(({ method, params }) => method === 'setMyCommands' && params.language_code === 'it');
const setWebhookCalls = ({ emulator }: TestHub) => emulator.calls.filter(({ method }) => method === 'setWebhook');

describe('POST /webhook/setup/', () => {
  test('tells Telegram the URL, the secret, the kinds and the connections, and updates arrive', async () => {
    const hub = await startHub();
    const url = `${hub.url}/webhook/telegram/`;
    expect(await setup(hub, { url })).toMatchObject({ status: 200, body: { ok: true, url } });
    expect(hub.emulator.webhook).toEqual({ url, secret: WEBHOOK_SECRET, maxConnections: 40, allowedUpdates: KINDS });
    hub.emulator.person({ id: 42, first_name: 'Ana' }).send('Hola');
    await hub.emulator.drained();
    expect(await instructionsOf(hub)).toMatchObject([{ telegram_user_id: 42 }]);
  });

  test.each([
    ['no body', undefined],
    ['an empty body', {}],
  ])('with %s takes the configured URL', async (_name, json) => {
    const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: ELSEWHERE, TELEGRAM_WEBHOOK_AUTO: 'false' } });
    expect(await setup(hub, json)).toMatchObject({ status: 200, body: { ok: true, url: ELSEWHERE } });
    expect(hub.emulator.webhook?.url).toBe(ELSEWHERE);
  });

  test('takes the public address where no webhook URL is configured', async () => {
    const env = { PUBLIC_URL: 'https://hub.example/', TELEGRAM_WEBHOOK_AUTO: 'false' };
    const hub = await startHub({ env });
    expect((await setup(hub)).body.url).toBe('https://hub.example/webhook/telegram/');
  });

  test('without any URL says what is missing', async () => {
    const hub = await startHub();
    expect(await setup(hub)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', details: [{ path: 'url' }] },
    });
  });

  test.each([{ url: 'not a url' }, { url: 'ftp://x' }, { url: 5 }, { uri: ELSEWHERE }, []])(
    'refuses %j',
    async (json) => {
      const hub = await startHub();
      expect(await setup(hub, json)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(setWebhookCalls(hub)).toEqual([]);
    },
  );

  test('a refusal by Telegram is 502 with its reason, and never shows the token', async () => {
    const hub = await startHub();
    const refused = await setup(hub, { url: 'http://hub.example/webhook/telegram/' });
    expect(refused).toMatchObject({ status: 502, body: { code: 'telegram_error' } });
    expect(JSON.stringify(refused.body.details)).toMatch(/HTTPS URL must be provided/);
    hub.emulator.fail({ method: 'setWebhook', how: { kind: 'reset' } });
    const unheard = await setup(hub, { url: ELSEWHERE });
    expect(unheard).toMatchObject({ status: 502, body: { code: 'telegram_error' } });
    for (const { body } of [refused, unheard]) expect(JSON.stringify(body)).not.toContain(hub.emulator.token);
  });
});

describe('GET /webhook/info/', () => {
  test.each(['/webhook/info/', '/info/'])(
    '%s without credentials says that it is active, and no more',
    async (path) => {
      // The hub itself asks Telegram after 10 s, which do not pass.
      const hub = await startHub({ clock: testClock() });
      for (const answer of [
        await hub.fetch(path),
        await hub.fetch(path, { headers: { authorization: 'Token wrong' } }),
      ]) {
        expect([answer.status, answer.body]).toEqual([200, { status: 'active' }]);
      }
      expect(hub.emulator.calls.filter(({ method }) => method === 'getWebhookInfo')).toEqual([]);
    },
  );

  test.each(['/webhook/info/', '/info/'])('%s tells the administrator what Telegram says', async (path) => {
    const hub = await startHub();
    await connectTelegram(hub);
    const { body } = await hub.admin(path);
    expect(body).toEqual({
      status: 'active',
      webhook_info: expect.objectContaining({
        url: `${hub.url}/webhook/telegram/`,
        pending_update_count: 0,
        max_connections: 40,
        allowed_updates: KINDS,
      }),
      problems: [],
    });
    expect(JSON.stringify(body)).not.toContain(hub.emulator.token);
    expect(JSON.stringify(body)).not.toContain(WEBHOOK_SECRET);
  });

  const problems = async (hub: TestHub): Promise<string[]> => (await hub.admin('/webhook/info/')).body.problems;

  test('says that no webhook is set', async () => {
    const hub = await startHub();
    expect(await problems(hub)).toEqual([expect.stringMatching(/ningún webhook.*\/webhook\/setup\//)]);
  });

  test('says that Telegram delivers to another URL', async () => {
    const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: ELSEWHERE, TELEGRAM_WEBHOOK_AUTO: 'false' } });
    await setup(hub, { url: 'https://other.example/x' });
    expect(await problems(hub)).toEqual([expect.stringMatching(/https:\/\/other\.example\/x.*127\.0\.0\.1:9/)]);
  });

  test('says what went wrong the last time, and that updates pile up', async () => {
    const emulator = await startEmulator({ retryBaseMs: 60_000 });
    const hub = await startHub({ emulator });
    await setup(hub, { url: ELSEWHERE });
    for (let id = 1; id <= 100; id++) emulator.person({ id, first_name: 'Ana' }).send('Hola');
    await vi.waitFor(async () => {
      expect(await problems(hub)).toEqual([
        expect.stringMatching(/El último intento de Telegram falló \(\d{4}-.*Z\): Connection refused/),
        expect.stringMatching(/100 actualizaciones sin entregar/),
      ]);
    }, WAIT_MS);
    await emulator.close();
  });

  test('says which kinds Telegram does not deliver', async () => {
    const hub = await startHub();
    const body = JSON.stringify({ url: ELSEWHERE, allowed_updates: ['message'] });
    const target = `${hub.emulator.apiRoot}/bot${hub.emulator.token}/setWebhook`;
    await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await problems(hub)).toEqual([expect.stringMatching(/edited_message, callback_query, my_chat_member/)]);
  });

  test('is 502 where Telegram does not answer', async () => {
    const hub = await startHub();
    hub.emulator.fail({ method: 'getWebhookInfo', how: { kind: 'error', code: 500, description: 'down' } });
    expect(await hub.admin('/webhook/info/')).toMatchObject({ status: 502, body: { code: 'telegram_error' } });
  });
});

describe('at start', () => {
  test('the webhook and the commands are told to Telegram', async () => {
    const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: ELSEWHERE } });
    await commandsAreTold(hub.emulator);
    expect(hub.emulator.webhook).toMatchObject({ url: ELSEWHERE, secret: WEBHOOK_SECRET, allowedUpdates: KINDS });
  });

  test('the commands are told in every language, and in DEFAULT_LOCALE to people of any other', async () => {
    const hub = await startHub({ env: { DEFAULT_LOCALE: 'ca-ES' } });
    await commandsAreTold(hub.emulator);
    const told = async (language_code: string) => {
      const target = `${hub.emulator.apiRoot}/bot${hub.emulator.token}/getMyCommands?language_code=${language_code}`;
      const { body } = await fetchJson(target);
      return body.result.map(({ description }: { description: string }) => description);
    };
    expect(await told('')).toEqual([
      'Començar',
      'Veure el teu identificador',
      'Les teves dades: veure-les o esborrar-les',
      'Ajuda',
    ]);
    expect(await told('es')).toEqual(['Empezar', 'Ver tu identificador', 'Tus datos: verlos o borrarlos', 'Ayuda']);
    expect(await told('de')).toEqual(['Anfangen', 'Ihre ID sehen', 'Ihre Daten: sehen oder löschen', 'Hilfe']);
    expect(await told('nl')).toEqual([]);
  });

  test('it is tried again with growing pauses until Telegram takes it, and TPVs are served meanwhile', async () => {
    const clock = testClock();
    const emulator = await startEmulator();
    const { log, lines } = keptLog();
    emulator.fail({ method: 'setWebhook', times: 2, how: { kind: 'error', code: 502, description: 'Bad Gateway' } });
    emulator.fail({ method: 'setWebhook', times: 1, how: { kind: 'reset' } });
    const hub = await startHub({ emulator, clock, log, env: { TELEGRAM_WEBHOOK_URL: ELSEWHERE } });
    const tries = (count: number) => vi.waitFor(() => expect(setWebhookCalls(hub)).toHaveLength(count), WAIT_MS);
    await tries(1);
    expect(await hub.tpv()).toMatchObject({ id: expect.any(String) });
    for (const [i, wait] of [1_000, 2_000, 4_000].entries()) {
      // The pause begins when the fault has been read.
      await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining({ againInMs: wait })), WAIT_MS);
      await clock.advance(wait - 1);
      expect(setWebhookCalls(hub)).toHaveLength(i + 1);
      await clock.advance(1);
      await tries(i + 2);
    }
    await vi.waitFor(() => expect(emulator.webhook?.url).toBe(ELSEWHERE), WAIT_MS);
    await emulator.waitForCall(({ method }) => method === 'setMyCommands');
    expect(setWebhookCalls(hub)).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain(emulator.token);
    await hub.close();
    await emulator.close();
  });

  test('TELEGRAM_WEBHOOK_AUTO=false leaves the webhook alone', async () => {
    const hub = await startHub({ env: { TELEGRAM_WEBHOOK_URL: ELSEWHERE, TELEGRAM_WEBHOOK_AUTO: 'false' } });
    // The commands are told after the webhook would have been.
    await hub.emulator.waitForCall(({ method }) => method === 'setMyCommands');
    expect(setWebhookCalls(hub)).toEqual([]);
    expect(hub.emulator.webhook).toBeUndefined();
  });

  test('a webhook that is gone is set anew, and one that an administrator removed is not', async () => {
    const clock = testClock();
    const hub = await startHub({ clock, env: { TELEGRAM_WEBHOOK_URL: ELSEWHERE } });
    await commandsAreTold(hub.emulator);
    await fetch(`${hub.emulator.apiRoot}/bot${hub.emulator.token}/deleteWebhook`);
    expect(hub.emulator.webhook).toBeUndefined();
    await clock.advance(5 * 60_000);
    await vi.waitFor(() => expect(hub.emulator.webhook?.url).toBe(ELSEWHERE), WAIT_MS);
    expect((await hub.admin('/api/admin/webhook', { method: 'DELETE' })).status).toBe(200);
    const tries = setWebhookCalls(hub).length;
    for (let minutes = 0; minutes < 15; minutes += 5) await clock.advance(5 * 60_000);
    expect((await hub.admin('/webhook/info/')).body.problems).toEqual([expect.stringMatching(/ningún webhook/)]);
    expect(setWebhookCalls(hub)).toHaveLength(tries);
    expect((await setup(hub)).status).toBe(200);
    await fetch(`${hub.emulator.apiRoot}/bot${hub.emulator.token}/deleteWebhook`);
    await clock.advance(5 * 60_000);
    await vi.waitFor(() => expect(hub.emulator.webhook?.url).toBe(ELSEWHERE), WAIT_MS);
  });

  test('without a URL nothing is told about the webhook', async () => {
    const hub = await startHub();
    await hub.emulator.waitForCall(({ method }) => method === 'setMyCommands');
    expect(setWebhookCalls(hub)).toEqual([]);
  });
});

test('an update that the hub can not commit is sent again by Telegram, and taken then', async () => {
  // No other work of the hub may hold the database while it is taken here: that would wait for itself.
  const hub = await startHub({ clock: testClock(), emulatorOptions: { retryBaseMs: 20 } });
  await connectTelegram(hub);
  const { writer } = hub.hub.db;
  await sql`pragma busy_timeout = 20`.execute(writer);
  // Another process holds the database.
  const holder = new SqliteDatabase(hub.databaseUrl.slice('sqlite:'.length));
  onTestFinished(() => {
    holder.close();
  });
  holder.exec('begin immediate');
  const refused = await hub.message(1, 'Hola');
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  hub.emulator.person({ id: 42, first_name: 'Ana' }).send('Hola');
  expect(hub.emulator.pendingUpdates()).toBe(1);
  holder.exec('rollback');
  await hub.emulator.drained();
  expect(await instructionsOf(hub)).toMatchObject([{ telegram_user_id: 42 }]);
});
