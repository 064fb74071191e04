import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, DIALECTS, startHub, type TestHub, type TestTpv } from '../support/hub.ts';
import { PERSON, startPushing } from '../support/push.ts';

/** Asks with these header lines, each as it is, and gives back the answer. */
async function ask(hub: TestHub, path: string, headers: string[], method = 'GET') {
  const { hostname, port } = new URL(hub.url);
  const asked = request({ hostname, port, path, method, headers: headers as never, setHost: false });
  asked.end();
  const [answer] = await once(asked, 'response');
  const chunks = await Array.fromAsync(answer as AsyncIterable<Buffer>);
  return { status: Number(answer.statusCode), headers: answer.headers, body: Buffer.concat(chunks).toString() };
}

// S36
test('a header that says who calls, or whom, comes once', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const { host } = new URL(hub.url);
  const key = ['Authorization', `ApiKey ${tpv.key}`];
  expect((await ask(hub, '/api/tpv/info', ['Host', host, ...key])).status).toBe(200);
  for (const headers of [
    ['Host', host, ...key, 'authorization', `Token ${ADMIN_TOKEN}`],
    ['Host', host, ...key, ...key],
    ['Host', host, 'HOST', 'hub.example', ...key],
  ]) {
    for (const path of ['/api/tpv/info', '/ws', '/api/admin/overview', '/webhook/telegram', '/healthz', '/nothing']) {
      const { status, body } = await ask(hub, path, headers);
      expect([path, status, body]).toEqual([path, 400, expect.stringMatching(/invalid_request|^$/)]);
    }
  }
});

test('every answer of the API is no-store and no page, the refused ones too', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const answers = [
    await hub.fetch('/api/tpv/register', { method: 'POST', json: { name: 'Bar', endpoint_url: 'http://127.0.0.1:9' } }),
    await tpv.fetch('/api/tpv/info'),
    await tpv.fetch('/api/tpv/users'),
    await tpv.fetch('/api/tpv/instructions'),
    await tpv.fetch('/api/tpv/key/rotate', { method: 'POST' }),
    await tpv.fetch('/api/tpv/push', { method: 'POST', json: {} }),
    await tpv.fetch('/api/delete_message', { method: 'POST', json: {} }),
    await hub.fetch('/api/tpv/info'),
    await hub.admin('/api/admin/users'),
    await hub.admin('/api/admin/users.csv'),
    await hub.fetch('/api/admin/login', { method: 'POST', json: {} }),
  ];
  for (const { headers } of answers) {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
  }
});

test('what is no page of the documentation is not found', async () => {
  const hub = await startHub();
  for (const path of ['/docs/nothing', '/docs/static/nothing.js', '/docs/json/nothing', '/docs/%2e%2e/package.json']) {
    expect([path, (await hub.fetch(path)).status]).toEqual([path, 404]);
  }
  expect((await hub.fetch('/docs/json')).status).toBe(200);
});

describe.each(DIALECTS)('a NUL on %s', (database) => {
  test('in a path or a query is refused, whatever the route', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    const id = '00000000-0000-7000-8000-000000000000';
    for (const path of [
      '/api/tpv/push/a%00b',
      '/api/tpv/instructions/%00',
      `/api/tpv/instructions/${id}?x=%00`,
      '/api/tpv/files/a%00b',
      '/api/tpv/users?after=%00',
      '/%00',
    ]) {
      expect([path, (await tpv.fetch(path)).status]).toEqual([path, 400]);
    }
    for (const path of ['tpvs/%00', 'users?q=%00', 'pushes/%00', 'audit?actor=a%00', 'instructions?command=%00']) {
      expect([path, (await hub.admin(`/api/admin/${path}`)).status]).toEqual([path, 400]);
    }
    // A percent sign that means itself.
    expect((await tpv.fetch('/api/tpv/push/a%2500')).status).toBe(404);
  });

  test('in a text is refused with its place, and what may hold any JSON keeps it', async () => {
    const hub = await startPushing({ database });
    const { one } = hub;
    const nulAt = async (asking: Promise<{ status?: number; body: unknown }>) => {
      const { status, body } = await asking;
      const { details = [] } = body as { details?: { path: string }[] };
      return [status, ...details.map(({ path }) => path)];
    };
    expect(await nulAt(hub.send({ text: 'a\0' }))).toEqual([400, 'text']);
    const button = { text: 'a', action: 'b\0' };
    expect(await nulAt(hub.send({ text: 'a', buttons: [[button]] }))).toEqual([400, 'buttons.0.0.action']);
    expect(await nulAt(hub.send({ text: 'a', 'b\0': 1 }))).toEqual([400, '']);
    expect(await nulAt(hub.upload({ text: 'a\0', message_type: 'document', document: new File(['x'], 'a') }))).toEqual([
      400,
      'text',
    ]);
    const rows = JSON.stringify([[button]]);
    expect(await nulAt(hub.upload({ buttons: rows, document: new File(['x'], 'a') }))).toEqual([
      400,
      'buttons.0.0.action',
    ]);
    expect(await register(hub, { name: 'a\0' })).toBe(400);
    expect(await register(hub, { endpoint_url: 'http://127.0.0.1/\0' })).toBe(400);
    const older = { telegram_user_id: PERSON, message_id: 1, nuevo_texto: 'a\0' };
    expect((await one.fetch('/api/edit_message', { method: 'POST', json: older })).status).toBe(400);
    const socket = await one.socket();
    socket.send({ type: 'push', ref: 'r', telegram_user_id: PERSON, text: 'a\0' });
    expect(await socket.next('result')).toMatchObject({
      ref: 'r',
      ok: false,
      error: { code: 'invalid_request', details: [{ path: 'text' }] },
    });
    expect((await hub.send({ text: 'a', buttons: [[{ text: 'a', action: 'b', data: { 'a\0': '\0' } }]] })).status).toBe(
      201,
    );
    expect(await register(hub, { metadata: { 'a\0': '\0' } })).toBe(201);
    // A backslash that means itself.
    expect((await hub.send({ text: 'a\\u0000' })).status).toBe(201);
    expect((await one.fetch('/api/tpv/heartbeat', { method: 'POST', json: { other: '\0' } })).status).toBe(200);
  });
});

async function register(hub: TestHub, fields: object): Promise<number> {
  const json = { name: 'Bar', endpoint_url: 'http://127.0.0.1:9', ...fields };
  return (await hub.fetch('/api/tpv/register', { method: 'POST', json })).status;
}

// S35
test('with PUBLIC_URL the panel and its API answer to that name, and on this machine', async () => {
  const hub = await startHub({ env: { PUBLIC_URL: 'https://hub.example' } });
  const tpv: TestTpv = await hub.tpv();
  const token = ['Authorization', `Token ${ADMIN_TOKEN}`];
  const status = async (path: string, host: string, headers = token) =>
    (await ask(hub, path, ['Host', host, ...headers])).status;
  for (const path of [
    '/admin',
    '/admin/',
    '/admin/assets/none.js',
    '/%61dmin/',
    '/api/admin/overview',
    '/api/admin/events',
  ]) {
    for (const host of [
      'evil.example',
      'hub.example.evil',
      'hub.example:8443',
      '127.0.0.1.evil.example',
      '10.0.0.7',
      '',
    ]) {
      expect([path, host, await status(path, host)]).toEqual([path, host, 421]);
    }
  }
  for (const host of ['hub.example', 'HUB.example:443', 'localhost:3000', '127.0.0.1:1', '127.9.9.9', '[::1]:80']) {
    expect([host, await status('/api/admin/overview', host)]).toEqual([host, 200]);
    expect([host, await status('/admin/', host)]).toEqual([host, 200]);
  }
  const { status: refused, body } = await ask(hub, '/api/admin/login', ['Host', 'evil.example'], 'POST');
  expect([refused, JSON.parse(body).code]).toEqual([421, 'misdirected_request']);
  // TPVs and Telegram come by whatever name leads here.
  const key = ['Authorization', `ApiKey ${tpv.key}`];
  expect(await status('/api/tpv/info', 'evil.example', key)).toBe(200);
  expect(await status('/healthz', 'evil.example')).toBe(200);
  const any = await startHub();
  expect((await ask(any, '/api/admin/overview', ['Host', 'evil.example', ...token])).status).toBe(200);
});
