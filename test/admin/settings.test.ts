import { describe, expect, test } from 'vitest';
import { openBrowser } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { ADMIN_TOKEN, DIALECTS, freshDatabase, startHub, type TestHub } from '../support/hub.ts';
import { auditOf, changesOf, everyItem } from '../support/pages.ts';
import { openSocket } from '../support/socket.ts';

function patch(hub: TestHub, json: unknown) {
  return hub.admin('/api/admin/settings', { method: 'PATCH', json });
}

const ORIGIN = 'https://panel.example';

describe.each(DIALECTS)('on %s', (database) => {
  test('a setting holds at once, is written down with who changed it, and survives a restart', async () => {
    const databaseUrl = await freshDatabase(database);
    const hub = await startHub({ databaseUrl, env: { CORS_ALLOWED_ORIGINS: 'https://fixed.example' } });
    const heard = changesOf(hub);
    const before = (await hub.admin('/api/admin/settings')).body;
    expect(before).toMatchObject({
      routing_strategy: { value: 'least_users', default: 'least_users' },
      retention_days: { value: 7, default: 7 },
      push_if_unknown: { value: 'hold', default: 'hold' },
      cors_allowed_origins: { value: [], fixed: ['https://fixed.example'] },
      callback_allowed_origins: { value: [], fixed: [] },
    });
    const changed = await patch(hub, {
      routing_strategy: 'specific',
      retention_days: 30,
      cors_allowed_origins: [ORIGIN, ORIGIN],
      texts: { help: 'Llama al <b>600</b>.' },
    });
    const now = {
      routing_strategy: { value: 'specific', default: 'least_users' },
      retention_days: { value: 30, default: 7 },
      cors_allowed_origins: { value: [ORIGIN], fixed: ['https://fixed.example'] },
    };
    expect(changed).toMatchObject({ status: 200, body: now });
    expect(await auditOf(hub)).toMatchObject([
      {
        actor: 'token',
        action: 'setting.change',
        details: {
          routing_strategy: { from: null, to: 'specific' },
          'text.help': { to: 'Llama al <b>600</b>.' },
        },
      },
    ]);
    expect(heard).toContain('setting routing_strategy');
    expect((await patch(hub, { retention_days: 30, texts: {} })).status).toBe(200);
    expect(await auditOf(hub)).toHaveLength(1);
    await hub.close();
    const again = await startHub({ databaseUrl, env: { CORS_ALLOWED_ORIGINS: 'https://fixed.example' } });
    const { body } = await again.admin('/api/admin/settings');
    expect(body).toMatchObject(now);
    const { items } = (await again.admin('/api/admin/settings/texts')).body;
    expect(items.find(({ key }: { key: string }) => key === 'help')).toMatchObject({
      value: 'Llama al <b>600</b>.',
      where: 'message',
      placeholders: [],
    });
    const back = await patch(again, {
      routing_strategy: null,
      retention_days: null,
      cors_allowed_origins: [],
      texts: { help: null },
    });
    expect(back.body).toEqual(before);
  });
});

test('an origin that is allowed may call the API and open a socket from then on, and no longer once it is not', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const allowed = async () => {
    const answer = await hub.fetch('/healthz', { headers: { origin: ORIGIN } });
    return answer.headers.get('access-control-allow-origin');
  };
  expect(await allowed()).toBeNull();
  await expect(openSocket(hub.url, { key: tpv.key, headers: { origin: ORIGIN } })).rejects.toThrow();
  await patch(hub, { cors_allowed_origins: [ORIGIN] });
  expect(await allowed()).toBe(ORIGIN);
  const socket = await openSocket(hub.url, { key: tpv.key, headers: { origin: ORIGIN } });
  await socket.next('welcome');
  await patch(hub, { cors_allowed_origins: [] });
  expect(await allowed()).toBeNull();
});

test('a page of an allowed origin still does nothing in an administrator’s name', async () => {
  const hub = await startHub();
  const browser = await openBrowser(hub);
  await patch(hub, { cors_allowed_origins: ['https://evil.example'] });
  const answer = await browser.fetch('/api/admin/settings', { headers: { origin: 'https://evil.example' } });
  expect(answer.status).toBe(403);
});

test('the strategy decides about the next person', async () => {
  const hub = await startHub();
  await hub.tpv();
  await patch(hub, { routing_strategy: 'specific' });
  await hub.message(1, 'Hola', 1);
  expect((await hub.admin('/api/admin/users/1')).body.tpv).toBeNull();
  await patch(hub, { routing_strategy: null });
  await hub.message(2, 'Hola', 2);
  expect((await hub.admin('/api/admin/users/2')).body.tpv).not.toBeNull();
});

test('people read a text as the administrator worded it', async () => {
  const hub = await startHub();
  await hub.tpv({ name: 'Bar <Pepe>' });
  const texts = { welcome: '<b>{local}</b> te saluda, {nombre}.', yourId: 'Eres el {id}', copyId: 'Copiar' };
  expect((await patch(hub, { texts })).status).toBe(200);
  const person = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  await hub.message(1, '/start');
  const message = await person.waitForMessage();
  expect(message.text).toBe('Bar <Pepe> te saluda, Ana.\n\nEres el 1001');
});

test('each language is worded by itself, and written down as which', async () => {
  const hub = await startHub();
  const read = async (language: string) => (await hub.admin(`/api/admin/settings/texts?language=${language}`)).body;
  const helpIn = async (language: string) =>
    (await read(language)).items.find(({ key }: { key: string }) => key === 'help');
  const usual = (await helpIn('fr')).value;
  expect(usual).toContain('/start – commencer');
  expect((await patch(hub, { texts: { help: 'Appelez-nous.' }, language: 'fr' })).status).toBe(200);
  expect(await helpIn('fr')).toMatchObject({ value: 'Appelez-nous.', default: usual });
  expect((await helpIn('es')).value).toContain('/start – empezar');
  const { languages } = await read('es');
  expect(languages).toContainEqual({ code: 'fr', reworded: 1 });
  expect(languages).toContainEqual({ code: 'de', reworded: 0 });
  expect(await auditOf(hub)).toMatchObject([{ details: { 'text.help.fr': { from: usual, to: 'Appelez-nous.' } } }]);
  for (const [id, language_code, text] of [
    [1, 'fr-CA', 'Appelez-nous.'],
    [2, 'de', 'Schreiben Sie eine Nachricht'],
  ] as const) {
    const person = hub.emulator.person({ id, first_name: 'Ana', started: true });
    const from = { id, is_bot: false, first_name: 'Ana', language_code };
    const chat = { id, type: 'private' };
    await hub.update({ update_id: id, message: { message_id: 1, date: 1_762_684_200, text: '/help', from, chat } });
    expect((await person.waitForMessage()).text).toContain(text);
  }
  expect((await patch(hub, { texts: { help: null }, language: 'fr' })).status).toBe(200);
  expect((await helpIn('fr')).value).toBe(usual);
  expect((await hub.admin('/api/admin/settings/texts?language=nl')).status).toBe(400);
  expect((await patch(hub, { texts: {}, language: 'nl' })).status).toBe(400);
});

test('a URL of an allowed origin may be called', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola');
  const buttons = [[{ text: 'Sí', callback_url: 'https://pedidos.example/hecho' }]];
  const json = { telegram_user_id: 1001, text: '¿Vienes?', buttons };
  const push = () => tpv.fetch('/api/tpv/push/', { method: 'POST', json });
  expect((await push()).status).toBe(400);
  await patch(hub, { callback_allowed_origins: ['https://pedidos.example'] });
  expect((await push()).status).toBeLessThan(300);
});

test('what was ended long ago goes as soon as less is kept', async () => {
  const clock = testClock(Date.now());
  const hub = await startHub({ clock });
  const tpv = await hub.tpv();
  await hub.message(1, 'Hola');
  const [one] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
  const report = { method: 'PUT', json: { status: 'completed' } };
  expect((await tpv.fetch(`/api/tpv/instructions/${one.id}/`, report)).status).toBe(200);
  await clock.jump(2 * 86_400_000);
  await clock.advance(3_000);
  expect(await everyItem(hub, '/api/admin/instructions')).toHaveLength(1);
  await patch(hub, { retention_days: 1 });
  await expect
    .poll(async () => {
      await clock.advance(1_000);
      return (await everyItem(hub, '/api/admin/instructions')).length;
    })
    .toBe(0);
});

test.each([
  [{ routing_strategy: 'fastest' }, 'routing_strategy'],
  [{ retention_days: 0 }, 'retention_days'],
  [{ push_if_unknown: 'perhaps' }, 'push_if_unknown'],
  [{ retention_days: 3_651 }, 'retention_days'],
  [{ retention_days: '7' }, 'retention_days'],
  [{ cors_allowed_origins: ['*'] }, 'cors_allowed_origins.0'],
  [{ cors_allowed_origins: [ORIGIN, 'https://panel.example/'] }, 'cors_allowed_origins.1'],
  [{ cors_allowed_origins: ['null'] }, 'cors_allowed_origins.0'],
  [{ cors_allowed_origins: Array(101).fill(ORIGIN) }, 'cors_allowed_origins'],
  [{ callback_allowed_origins: ['javascript:alert(1)'] }, 'callback_allowed_origins.0'],
  [{ callback_allowed_origins: ['https://user:pass@a.example'] }, 'callback_allowed_origins.0'],
  [{ texts: { help: '<b>abierto' } }, 'texts.help'],
  [{ texts: { help: '' } }, 'texts.help'],
  [{ texts: { welcome: 'Hola, {apellido}' } }, 'texts.welcome'],
  [{ texts: { 'press.done': 'x'.repeat(201) } }, 'texts.press.done'],
  [{ texts: { nothing: 'Hola' } }, 'texts.nothing'],
  [{ texts: { toString: 'Hola' } }, 'texts.toString'],
  [{ texts: { help: 'x'.repeat(20_001) } }, 'texts.help'],
  [{ other: 1 }, 'other'],
])('%j is refused with its place, and changes nothing', async (json, path) => {
  const hub = await startHub();
  const before = (await hub.admin('/api/admin/settings')).body;
  const answer = await patch(hub, json);
  expect(answer.status).toBe(400);
  expect(answer.body.details.map((detail: { path: string }) => detail.path)).toContain(path);
  expect((await hub.admin('/api/admin/settings')).body).toEqual(before);
  expect(await auditOf(hub)).toEqual([]);
});

test('a preview shows a text with examples, safely, and what is wrong with it', async () => {
  const hub = await startHub();
  const preview = async (key: string, value: string) =>
    hub.admin('/api/admin/settings/texts/preview', { method: 'POST', json: { key, value } });
  expect((await preview('welcome', '<b>{local}</b>, {nombre}')).body).toEqual({
    html: '<b>Bar Pepe</b>, Ana',
    problems: [],
  });
  const { body } = await preview('help', '<img src=x onerror=alert(1)>');
  expect(body.html).toBe('&lt;img src=x onerror=alert(1)&gt;');
  expect(body.problems).toHaveLength(1);
  expect((await preview('nothing', 'x')).status).toBe(404);
  expect((await preview('__proto__', 'x')).status).toBe(404);
});

test('a viewer sees the settings and changes none', async () => {
  const hub = await startHub();
  const viewer = await openBrowser(hub, { role: 'viewer' });
  expect((await viewer.fetch('/api/admin/settings')).status).toBe(200);
  const json = { retention_days: 1 };
  expect((await viewer.fetch('/api/admin/settings', { method: 'PATCH', json })).status).toBe(403);
  const headers = { authorization: `Token ${ADMIN_TOKEN}x` };
  expect((await hub.fetch('/api/admin/settings', { method: 'PATCH', json, headers })).status).toBe(401);
});
